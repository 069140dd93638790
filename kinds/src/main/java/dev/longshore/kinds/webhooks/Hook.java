package dev.longshore.kinds.webhooks;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.matching.MatchConditions;
import dev.longshore.kinds.matching.RequestMatcher;
import dev.longshore.model.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One webhook of a configuration, read once.
///
/// @param uid tells it from all others of its type
/// @param client whom to call, as `clientConfig` says
/// @param failsOpen whether a request goes on when the webhook cannot be asked
/// @param timeout how long it may take
/// @param isReinvocable whether it wants to see what others changed after it
/// @param bearsDryRun whether it may be asked about what is not kept
/// @param versions of AdmissionReview that it reads, the best first
record Hook(
        String uid,
        String configuration,
        String name,
        RequestMatcher matcher,
        MatchConditions conditions,
        JsonNode client,
        boolean failsOpen,
        Duration timeout,
        boolean isReinvocable,
        boolean bearsDryRun,
        List<String> versions) {

    private static final int USUAL_TIMEOUT = 10;

    Hook {
        versions = List.copyOf(versions);
    }

    /// All webhooks of `configurations`, in the order in which they are asked: by the configurations' names, then as
    /// they stand there.
    static List<Hook> of(List<Resource> configurations) {
        var hooks = new ArrayList<Hook>();
        configurations.stream().sorted(Comparator.comparing(Resource::name)).forEach(configuration -> {
            var sameName = new HashMap<String, Integer>();
            for (ObjectNode webhook : Trees.list(configuration.tree(), "webhooks")) {
                int number = sameName.merge(Trees.text(webhook, "name"), 1, Integer::sum) - 1;
                hooks.add(of(configuration.name(), number, webhook));
            }
        });
        return List.copyOf(hooks);
    }

    private static Hook of(String configuration, int number, ObjectNode webhook) {
        String name = Trees.text(webhook, "name");
        String effects = Trees.text(webhook, "sideEffects");
        return new Hook(
                configuration + "/" + name + "/" + number,
                configuration,
                name,
                RequestMatcher.ofWebhook(webhook),
                MatchConditions.ofWebhook(Trees.list(webhook, "matchConditions")),
                webhook.path("clientConfig"),
                Trees.text(webhook, "failurePolicy").equals("Ignore"),
                Duration.ofSeconds(Trees.number(webhook, USUAL_TIMEOUT, "timeoutSeconds")),
                Trees.text(webhook, "reinvocationPolicy").equals("IfNeeded"),
                effects.equals("None") || effects.equals("NoneOnDryRun"),
                Trees.strings(webhook, "admissionReviewVersions"));
    }
}
