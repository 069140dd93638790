package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Registry;

/// A new node gets no pods until a controller has seen it ready.
final class TaintNodesByCondition implements Admission {

    private static final String NOT_READY = "node.kubernetes.io/not-ready";

    @Override
    public String name() {
        return "TaintNodesByCondition";
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        Attempts.created(attempt, Attempts.NODES).ifPresent(node -> {
            boolean isTainted = Trees.list(node.tree(), "spec", "taints").stream()
                    .anyMatch(taint -> Trees.text(taint, "key").equals(NOT_READY)
                            && Trees.text(taint, "effect").equals("NoSchedule"));
            if (!isTainted) {
                node.object("spec")
                        .withArray("taints")
                        .addObject()
                        .put("key", NOT_READY)
                        .put("effect", "NoSchedule");
            }
        });
    }
}
