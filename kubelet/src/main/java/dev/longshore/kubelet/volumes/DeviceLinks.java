package dev.longshore.kubelet.volumes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// A link to each block device that a pod has, in the pod's directory, where tools look for what a pod uses:
///
///     ROOT/pods/UID/volumeDevices/kubernetes.io~local-volume/NAME
final class DeviceLinks {

    private static final String CSI = "kubernetes.io/csi";

    private final PodDirectories directories;

    DeviceLinks(PodDirectories directories) {
        this.directories = directories;
    }

    /// Where the links are of the pod's devices of that kind.
    Path place(String podUid, Wanted wanted) {
        String plugin = VolumePlugins.of(wanted);
        return directories
                .of(podUid)
                .resolve(PodDirectories.DEVICES)
                .resolve((plugin.startsWith(CSI + ":") ? CSI : plugin).replace("/", "~"));
    }

    /// Makes the link for `device`.
    ///
    /// @return false if it was there
    boolean make(String podUid, Wanted wanted, Path device) throws IOException {
        Path link = place(podUid, wanted).resolve(wanted.name());
        if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        directories.made(podUid);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, device);
        return true;
    }
}
