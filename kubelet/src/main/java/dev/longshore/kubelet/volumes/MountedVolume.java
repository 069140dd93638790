package dev.longshore.kubelet.volumes;

import java.nio.file.Path;

/// What stands for one volume of a pod on this node.
public sealed interface MountedVolume {

    /// Files that containers see.
    ///
    /// @param readOnly whether no container may write, whatever its mount says
    record Files(Path path, boolean readOnly) implements MountedVolume {}

    /// A block device that containers get as one.
    record Device(Path path, boolean readOnly) implements MountedVolume {}

    /// The files of an image, which whoever starts containers must have fetched first.
    ///
    /// @param pullPolicy as the pod says it; empty for the usual one
    record OfImage(String reference, String pullPolicy) implements MountedVolume {}

    /// The same, fetched.
    ///
    /// @param imageId the digest of its config
    record Pulled(String imageId) implements MountedVolume {}
}
