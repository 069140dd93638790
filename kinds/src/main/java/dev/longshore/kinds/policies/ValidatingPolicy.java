package dev.longshore.kinds.policies;

import dev.longshore.kinds.cel.AdmissionComposition;
import dev.longshore.kinds.cel.AdmissionExpression;
import dev.longshore.kinds.cel.AdmissionScope;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.matching.MatchConditions;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A policy that refuses. Compiled when it is first asked. Thread-safe.
final class ValidatingPolicy {

    private final Resource stored;
    private final PolicyHead head;
    private final Compiling<Compiled> compiled = new Compiling<>(this::compile);

    ValidatingPolicy(Resource stored) {
        this.stored = stored;
        this.head = PolicyHead.of(stored);
    }

    /// @param message what to say instead of the expression; may be empty
    /// @param said what makes the message; empty if nothing does
    record Validation(
            CompiledExpression rule, String message, Optional<CompiledExpression> said, Optional<String> reason) {}

    /// A value for the audit.
    record Annotation(String key, CompiledExpression value) {}

    /// Ready to be asked.
    record Compiled(
            AdmissionComposition composition,
            MatchConditions conditions,
            List<Validation> validations,
            List<Annotation> annotations) {}

    PolicyHead head() {
        return head;
    }

    Compiled compiled() {
        return compiled.get();
    }

    private Compiled compile() {
        AdmissionComposition composition = head.variables(stored);
        AdmissionScope scope = composition.scope();
        AdmissionScope ofMessages = scope.authorizing(false);
        var validations = new ArrayList<Validation>();
        for (ObjectNode each : Trees.list(stored.tree(), "spec", "validations")) {
            String said = Trees.text(each, "messageExpression");
            validations.add(new Validation(
                    CompiledExpression.of(Trees.text(each, "expression"), scope, AdmissionExpression.Answer.BOOL),
                    Trees.text(each, "message").strip(),
                    said.isEmpty()
                            ? Optional.empty()
                            : Optional.of(CompiledExpression.of(said, ofMessages, AdmissionExpression.Answer.TEXT)),
                    Optional.of(Trees.text(each, "reason")).filter(reason -> !reason.isEmpty())));
        }
        var annotations = new ArrayList<Annotation>();
        for (ObjectNode each : Trees.list(stored.tree(), "spec", "auditAnnotations")) {
            annotations.add(new Annotation(
                    Trees.text(each, "key"),
                    CompiledExpression.of(
                            Trees.text(each, "valueExpression"), scope, AdmissionExpression.Answer.TEXT_OR_NULL)));
        }
        return new Compiled(
                composition,
                MatchConditions.ofPolicy(Trees.list(stored.tree(), "spec", "matchConditions"), composition),
                List.copyOf(validations),
                List.copyOf(annotations));
    }
}
