package dev.longshore.kubelet.volumes;

import java.nio.file.Path;

/// What the events of a pod shall say about one of its volumes.
///
/// @param reason `FailedMount`, or `FailedMapVolume` and `SuccessfulMountVolume` for block devices
public record VolumeEvent(String reason, String message) {

    private static final String MAPPED = "SuccessfulMountVolume";

    static VolumeEvent mapped(Wanted wanted, Path place) {
        return new VolumeEvent(
                MAPPED,
                "MapVolume.MapPodDevice succeeded for volume \"%s\" volumeMapPath \"%s\""
                        .formatted(wanted.name(), place));
    }

    /// Whether somebody should look.
    public boolean isProblem() {
        return !reason.equals(MAPPED);
    }
}
