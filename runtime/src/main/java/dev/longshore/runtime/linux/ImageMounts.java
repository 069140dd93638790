package dev.longshore.runtime.linux;

import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.RuntimeFaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Images that a container mounts beside its own. Their layers are laid out in the bundle; the shell that starts the
/// container mounts them, the one that removes it takes them away.
///
///     images/0/l/0 …    links to the layers, topmost first, and an empty one
///     images/0/lower    the overlay's option, as the shell reads it
///     images/0/root     where it is mounted
final class ImageMounts {

    private static final String DIRECTORY = "images";

    private final RootFilesystems roots;

    ImageMounts(RootFilesystems roots) {
        this.roots = roots;
    }

    /// Lays out in the bundle `directory` what `mounts` ask for; returns them as bind mounts.
    List<ContainerSpec.Mount> lay(Path directory, String containerId, List<ContainerSpec.Mount> mounts)
            throws IOException, InterruptedException {
        var all = new ArrayList<ContainerSpec.Mount>();
        int index = 0;
        for (ContainerSpec.Mount mount : mounts) {
            all.add(mount.image().isPresent() ? lay(directory, containerId, index++, mount) : mount);
        }
        return all;
    }

    private ContainerSpec.Mount lay(Path directory, String containerId, int index, ContainerSpec.Mount mount)
            throws IOException, InterruptedException {
        ContainerSpec.ImagePart part = mount.image().orElseThrow();
        Path own = directory.resolve(DIRECTORY).resolve(Integer.toString(index));
        // Made first: it tells whom the layers are kept for.
        StateFile.createDirectories(own.resolve("root"));
        List<Path> layers =
                roots.prepare(part.image(), holder(containerId, index)).lowerDirectories();
        Path empty = own.resolve("empty");
        StateFile.createDirectories(empty);
        var lowers = new ArrayList<>(layers);
        // An overlay that nobody writes to needs two layers.
        lowers.add(empty);
        int count = OciRuntime.linkLayers(own, lowers);
        String prefix = DIRECTORY + "/" + index + "/";
        var option = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            option.add(prefix + "l/" + i);
        }
        Files.writeString(own.resolve("lower"), String.join(":", option));
        Path source = own.resolve("root").resolve(within(part.path(), layers)).normalize();
        return new ContainerSpec.Mount(
                Optional.of(source.toAbsolutePath()), mount.containerPath(), true, "private", List.of("noexec"));
    }

    /// The images are hostile: a link in one may lead anywhere on the host when the kernel follows it.
    private static String within(String path, List<Path> layers) {
        if (path.isEmpty()) {
            return "";
        }
        return new LayeredRoot(layers)
                .real(path)
                .orElseThrow(() -> new RuntimeFaultException(
                        RuntimeFaultException.Kind.CANNOT_START,
                        "failed to mount image volume: no such path in the image: " + path));
    }

    /// For whom the image store keeps the layers of the images in a bundle.
    static List<String> holders(Path directory, String containerId) {
        return StateFile.names(directory.resolve(DIRECTORY)).stream()
                .map(name -> containerId + "." + name)
                .toList();
    }

    /// Lets go of them.
    void release(List<String> holders) {
        holders.forEach(roots::release);
    }

    private static String holder(String containerId, int index) {
        return containerId + "." + index;
    }
}
