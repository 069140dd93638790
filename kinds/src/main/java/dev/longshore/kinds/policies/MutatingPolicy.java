package dev.longshore.kinds.policies;

import dev.longshore.kinds.cel.AdmissionComposition;
import dev.longshore.kinds.cel.AdmissionExpression.Answer;
import dev.longshore.kinds.cel.AdmissionScope;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.matching.MatchConditions;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// A policy that changes objects. Compiled when it is first asked. Thread-safe.
final class MutatingPolicy {

    private final Resource stored;
    private final PolicyHead head;
    private final boolean isReinvoked;
    private final Compiling<Compiled> compiled = new Compiling<>(this::compile);

    MutatingPolicy(Resource stored) {
        this.stored = stored;
        this.head = PolicyHead.of(stored);
        this.isReinvoked = stored.text("spec", "reinvocationPolicy").equals("IfNeeded");
    }

    /// What makes one patch.
    ///
    /// @param isApplied whether it makes a part of the object, not a list of operations
    record Mutation(boolean isApplied, CompiledExpression patch) {}

    /// Ready to be asked.
    record Compiled(AdmissionComposition composition, MatchConditions conditions, List<Mutation> mutations) {}

    PolicyHead head() {
        return head;
    }

    /// Whether it wants to see what others have changed after it.
    boolean isReinvoked() {
        return isReinvoked;
    }

    Compiled compiled() {
        return compiled.get();
    }

    private Compiled compile() {
        AdmissionComposition composition = head.variables(stored);
        AdmissionScope scope = composition.scope().patching(true);
        var mutations = new ArrayList<Mutation>();
        for (ObjectNode each : Trees.list(stored.tree(), "spec", "mutations")) {
            boolean isApplied = Trees.text(each, "patchType").equals("ApplyConfiguration");
            String text = Trees.text(each, isApplied ? "applyConfiguration" : "jsonPatch", "expression");
            mutations.add(new Mutation(
                    isApplied, CompiledExpression.of(text, scope, isApplied ? Answer.OBJECT : Answer.PATCHES)));
        }
        return new Compiled(
                composition,
                MatchConditions.ofPolicy(Trees.list(stored.tree(), "spec", "matchConditions"), composition),
                List.copyOf(mutations));
    }
}
