package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.volumes.VolumeException;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountStatus;
import io.fabric8.kubernetes.api.model.VolumeMountStatusBuilder;
import java.util.List;
import java.util.Objects;

/// Which mounts of a pod are read only with all that is mounted below them.
///
/// @param isSupported whether the pod's runtime can do that
record RecursiveReadOnly(boolean isSupported) {

    /// As far as the runtime goes that the pod's sandbox has; before there is one, the usual runtime.
    static RecursiveReadOnly of(PodServices node, PodState state) {
        String handler = state.sandbox.map(made -> made.spec().runtimeHandler()).orElse("");
        return new RecursiveReadOnly(node.runtime().features(handler).recursiveReadOnlyMounts());
    }

    /// Whether `wanted` is such a mount.
    ///
    /// @throws VolumeException when it must be and cannot
    boolean holds(VolumeMount wanted) {
        String mode = Objects.requireNonNullElse(wanted.getRecursiveReadOnly(), "Disabled");
        if (mode.equals("Disabled")) {
            return false;
        }
        if (!Boolean.TRUE.equals(wanted.getReadOnly())) {
            throw refused(wanted, "requested recursive read-only mode, but it is not read-only");
        }
        String propagation = Objects.requireNonNullElse(wanted.getMountPropagation(), "None");
        if (!propagation.equals("None")) {
            throw refused(
                    wanted,
                    "requested recursive read-only mode, but it is not compatible with propagation \"%s\""
                            .formatted(propagation));
        }
        if (mode.equals("Enabled") && !isSupported) {
            throw refused(wanted, "requested recursive read-only mode, but it is not supported by the runtime");
        }
        return isSupported;
    }

    /// What a container's status says of its mounts.
    List<VolumeMountStatus> statuses(Container container) {
        return container.getVolumeMounts().stream().map(this::status).toList();
    }

    private VolumeMountStatus status(VolumeMount mount) {
        var told = new VolumeMountStatusBuilder().withName(mount.getName()).withMountPath(mount.getMountPath());
        if (Boolean.TRUE.equals(mount.getReadOnly())) {
            told.withReadOnly(true).withRecursiveReadOnly(isSure(mount) ? "Enabled" : "Disabled");
        }
        return told.build();
    }

    private boolean isSure(VolumeMount mount) {
        try {
            return holds(mount);
        } catch (VolumeException refused) {
            // Its container says so.
            return false;
        }
    }

    private static VolumeException refused(VolumeMount wanted, String why) {
        return new VolumeException(
                "failed to resolve recursive read-only mode: volume \"%s\" %s".formatted(wanted.getName(), why));
    }
}
