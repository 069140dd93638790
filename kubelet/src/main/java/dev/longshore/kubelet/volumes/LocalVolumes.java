package dev.longshore.kubelet.volumes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;

/// Gives a persistent volume of the kind local to the group of a pod, once for each pod: what the pod does to it later
/// is left alone, also by the next run of the node.
final class LocalVolumes {

    private static final String ON_MISMATCH = "OnRootMismatch";

    void give(PodDirectories directories, PodContext pod, Wanted wanted, MountedVolume found) throws IOException {
        OptionalLong group = HostVolumes.group(pod);
        boolean isLocal = wanted.persistent()
                .map(volume -> volume.getSpec().getLocal() != null)
                .orElse(false);
        if (!isLocal || group.isEmpty() || !(found instanceof MountedVolume.Files files)) {
            return;
        }
        Path done = directories
                .made(pod.uid())
                .resolve("plugins")
                .resolve("kubernetes.io~local-volume")
                .resolve(wanted.name());
        if (Files.exists(done)) {
            return;
        }
        var ownership = new Ownership(group.getAsLong(), files.readOnly());
        String policy = Objects.requireNonNullElse(
                pod.pod().getSpec().getSecurityContext().getFsGroupChangePolicy(), "Always");
        if (!policy.equals(ON_MISMATCH) || !ownership.isGiven(files.path())) {
            ownership.give(files.path());
        }
        Files.createDirectories(done);
    }
}
