package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.manifests.StaticPods;
import io.fabric8.kubernetes.api.model.Pod;

/// Pods that the kubelet keeps whatever happens: static ones, and those of the system.
final class CriticalPods {

    /// From this priority on pods are the system's own.
    private static final int CRITICAL = 2_000_000_000;

    private CriticalPods() {}

    static boolean isCritical(Pod pod) {
        return StaticPods.isStatic(pod)
                || (pod.getSpec().getPriority() != null && pod.getSpec().getPriority() >= CRITICAL);
    }
}
