package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Registry;
import tools.jackson.databind.node.ObjectNode;

/// Pods that insist on being apart from others may do so on nodes, and not keep whole zones for themselves.
final class HardAntiAffinity implements Admission {

    private static final String HOSTNAME = "kubernetes.io/hostname";

    @Override
    public String name() {
        return "LimitPodHardAntiAffinityTopology";
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        boolean isWrite = attempt.operation() == Operation.CREATE || attempt.operation() == Operation.UPDATE;
        if (!isWrite
                || !Attempts.isOf(attempt, Attempts.PODS)
                || attempt.object().isEmpty()) {
            return;
        }
        for (ObjectNode term : Trees.list(
                attempt.object().get().tree(),
                "spec",
                "affinity",
                "podAntiAffinity",
                "requiredDuringSchedulingIgnoredDuringExecution")) {
            String key = Trees.text(term, "topologyKey");
            if (!key.equals(HOSTNAME)) {
                throw Attempts.forbidden(
                        attempt,
                        "affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey " + key + " but only key "
                                + HOSTNAME + " is allowed");
            }
        }
    }
}
