package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.measures.NodeMeasures;
import io.fabric8.kubernetes.api.model.Pod;

/// Pods as messages name them.
final class Names {

    private Names() {}

    /// `NAME_NAMESPACE(UID)`.
    static String of(Pod pod) {
        var meta = pod.getMetadata();
        return "%s_%s(%s)".formatted(meta.getName(), meta.getNamespace(), meta.getUid());
    }

    /// For measures.
    static NodeMeasures.ProbedPod probed(Pod pod) {
        var meta = pod.getMetadata();
        return new NodeMeasures.ProbedPod(meta.getNamespace(), meta.getName(), meta.getUid());
    }
}
