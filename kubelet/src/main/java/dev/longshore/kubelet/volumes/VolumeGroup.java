package dev.longshore.kubelet.volumes;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Lets a pod's group have a volume, for kinds of volumes that are not built in.
public final class VolumeGroup {

    private static final String ON_MISMATCH = "OnRootMismatch";

    private VolumeGroup() {}

    /// The group that the pod wants its volumes to belong to.
    public static Optional<Long> of(PodContext pod) {
        var security = pod.pod().getSpec().getSecurityContext();
        return Optional.ofNullable(security).map(found -> found.getFsGroup());
    }

    /// Gives it all below `root`, unless that is done and the pod does not insist.
    public static void give(PodContext pod, Path root, boolean readOnly) throws IOException {
        Optional<Long> group = of(pod);
        if (group.isEmpty() || readOnly) {
            return;
        }
        var ownership = new Ownership(group.get(), false);
        String policy = pod.pod().getSpec().getSecurityContext().getFsGroupChangePolicy();
        if (!ON_MISMATCH.equals(policy) || !ownership.isGiven(root)) {
            ownership.give(root);
        }
    }
}
