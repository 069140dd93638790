package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.List;

/// Whom the kernel kills first when the whole machine is out of memory: the more memory a burstable container has
/// asked for, the later (pkg/kubelet/qos/policy.go of Kubernetes).
final class OomScores {

    private static final int GUARANTEED = -997;
    private static final int BEST_EFFORT = 1000;
    /// From this priority on the node itself needs the pod.
    private static final int NODE_CRITICAL = 2_000_001_000;

    private OomScores() {}

    static long of(Pod pod, Container container, long memoryCapacity) {
        if (pod.getSpec().getPriority() != null && pod.getSpec().getPriority() >= NODE_CRITICAL) {
            return GUARANTEED;
        }
        return switch (Qos.classOf(pod)) {
            case "Guaranteed" -> GUARANTEED;
            case "BestEffort" -> BEST_EFFORT;
            default -> memoryCapacity <= 0 ? BEST_EFFORT - 1 : burstable(pod, container, memoryCapacity);
        };
    }

    private static long burstable(Pod pod, Container container, long memoryCapacity) {
        long share = share(pod);
        long score = score(asked(container) + share, memoryCapacity);
        if ("Always".equals(container.getRestartPolicy())) {
            // Whom the others rely on must not die before them.
            long least = pod.getSpec().getContainers().stream()
                    .mapToLong(OomScores::asked)
                    .min()
                    .orElse(0);
            score = Math.min(score, score(least + share, memoryCapacity));
        }
        return Math.clamp(score, 1000 + GUARANTEED, BEST_EFFORT - 1);
    }

    private static long score(long asked, long memoryCapacity) {
        return 1000 - 1000 * asked / memoryCapacity;
    }

    /// What the pod asks for beyond its containers, shared out evenly among them.
    private static long share(Pod pod) {
        var own = PodResources.podLevel(pod, ResourceRequirements::getRequests);
        List<Container> all = PodResources.containers(pod);
        if (!own.containsKey("memory") || all.isEmpty()) {
            return 0;
        }
        long rest = Qos.bytes(own, "memory").orElse(0)
                - all.stream().mapToLong(OomScores::asked).sum();
        return Math.max(0, rest / all.size());
    }

    private static long asked(Container container) {
        return Qos.bytes(PodResources.requests(container), "memory").orElse(0);
    }
}
