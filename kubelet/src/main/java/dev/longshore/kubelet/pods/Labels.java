package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;

/// The labels and annotations by which a later run knows its pods and containers again.
final class Labels {

    static final String POD_UID = "io.kubernetes.pod.uid";
    static final String POD_NAME = "io.kubernetes.pod.name";
    static final String POD_NAMESPACE = "io.kubernetes.pod.namespace";
    static final String CONTAINER_NAME = "io.kubernetes.container.name";
    static final String RESTART_COUNT = "io.kubernetes.container.restartCount";
    static final String GRACE = "io.kubernetes.pod.terminationGracePeriod";
    static final String IMAGE = "longshore.dev/container-image";

    /// Begins what tells the simulated runtime how a container ends.
    static final String SIMULATED = "longshore.dev/simulated-";

    private Labels() {}

    static Map<String, String> of(Pod pod) {
        var meta = pod.getMetadata();
        return Map.of(POD_UID, meta.getUid(), POD_NAME, meta.getName(), POD_NAMESPACE, meta.getNamespace());
    }

    static Map<String, String> of(Pod pod, String container) {
        var meta = pod.getMetadata();
        return Map.of(
                POD_UID, meta.getUid(),
                POD_NAME, meta.getName(),
                POD_NAMESPACE, meta.getNamespace(),
                CONTAINER_NAME, container);
    }
}
