package dev.longshore.kinds.webhooks;

import dev.longshore.model.Fault;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What came of asking a webhook.
sealed interface Outcome {

    /// It agrees.
    ///
    /// @param patch operations of a JSON Patch; missing for none
    record Agreed(JsonNode patch, Remarks remarks) implements Outcome {}

    /// It refuses.
    record Refused(Fault fault, Remarks remarks) implements Outcome {}

    /// It must not be asked, as it would do more than answer; whatever its failure policy.
    record Forbidden(Fault fault) implements Outcome {}

    /// It could not be asked, or answered nonsense.
    ///
    /// @param why in Kubernetes' words, without the webhook's name
    /// @param code of HTTP, as metrics count it
    record Failed(String why, int code) implements Outcome {
        String message(Hook hook) {
            return "failed calling webhook \"" + hook.name() + "\": " + why;
        }
    }

    /// What it says besides.
    ///
    /// @param warnings for the client
    /// @param annotations for the audit
    record Remarks(List<String> warnings, Map<String, String> annotations) {
        static final Remarks NONE = new Remarks(List.of(), Map.of());

        public Remarks {
            warnings = List.copyOf(warnings);
            annotations = Map.copyOf(annotations);
        }
    }
}
