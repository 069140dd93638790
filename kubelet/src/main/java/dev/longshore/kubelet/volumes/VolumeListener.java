package dev.longshore.kubelet.volumes;

/// Told of what was done to volumes. Called on any thread; must not block.
@FunctionalInterface
public interface VolumeListener {

    /// @param plugin the volume's kind, as the original calls it
    /// @param operation `volume_mount`, `volume_unmount`, `map_volume` or `unmap_volume`
    void done(String plugin, String operation, long nanos, boolean failed);
}
