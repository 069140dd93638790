package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.Pod;

/// Pods as messages name them.
final class Names {

    private Names() {}

    /// `NAME_NAMESPACE(UID)`.
    static String of(Pod pod) {
        var meta = pod.getMetadata();
        return "%s_%s(%s)".formatted(meta.getName(), meta.getNamespace(), meta.getUid());
    }
}
