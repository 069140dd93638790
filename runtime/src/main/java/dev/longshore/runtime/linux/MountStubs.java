package dev.longshore.runtime.linux;

import dev.longshore.linux.Inodes;
import dev.longshore.runtime.OneShot;
import dev.longshore.runtime.StepMount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// The empty files and directories that an OCI runtime makes in a root file system to mount upon, and the
/// directories that overlayfs copies up for them. They are no work of a build step, so they are taken out of what
/// it has changed, unless the step has put something in their place.
record MountStubs(Path upper, LayeredRoot below, List<String> candidates) {

    private static final List<String> ALWAYS =
            List.of("etc/hosts", "etc/hostname", "etc/resolv.conf", "dev", "proc", "sys");

    /// Notes what is not there before a step runs.
    static MountStubs before(OneShot.Step step) {
        var points = new ArrayList<>(ALWAYS);
        step.mounts().stream().map(StepMount::target).forEach(points::add);
        step.sandbox().devices().mounts().forEach(mount -> points.add(mount.containerPath()));
        step.sandbox().devices().nodes().forEach(node -> points.add(node.path()));
        var paths = new TreeSet<>(
                Comparator.comparingInt((String path) -> -Path.of(path).getNameCount())
                        .thenComparing(Comparator.naturalOrder()));
        for (String point : points) {
            for (Path path = Path.of("/").resolve(point).normalize();
                    path.getNameCount() > 0;
                    path = path.getParent()) {
                paths.add(path.toString().substring(1));
            }
        }
        var visible = new ArrayList<>(List.of(step.upperDirectory()));
        visible.addAll(step.lowerDirectories());
        var root = new LayeredRoot(visible);
        List<String> candidates = paths.stream()
                .filter(path -> root.locate(path).isEmpty()
                        || !Files.exists(step.upperDirectory().resolve(path), LinkOption.NOFOLLOW_LINKS))
                .toList();
        return new MountStubs(step.upperDirectory(), new LayeredRoot(step.lowerDirectories()), candidates);
    }

    /// Takes away those that are empty still.
    void remove() {
        try {
            // Deeper paths come first.
            for (String path : candidates) {
                Path stub = upper.resolve(path);
                if (isReached(path) && isStub(path, stub)) {
                    deleteIfEmpty(stub);
                }
            }
        } catch (IOException denied) {
            throw new UncheckedIOException(denied);
        }
    }

    // A step may have made a directory on the way a link out of here.
    private boolean isReached(String path) {
        boolean isReached = true;
        for (Path parent = Path.of(path).getParent(); parent != null; parent = parent.getParent()) {
            isReached &= isReal(upper.resolve(parent));
        }
        return isReached;
    }

    private static boolean isDevice(Path path) throws IOException {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                && Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .isOther();
    }

    private static boolean isReal(Path directory) {
        return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS);
    }

    private boolean isStub(String path, Path stub) throws IOException {
        Optional<Path> lower = below.locate(path);
        if (Files.isRegularFile(stub, LinkOption.NOFOLLOW_LINKS)) {
            return lower.isEmpty() && Files.size(stub) == 0;
        }
        if (isDevice(stub)) {
            return lower.isEmpty();
        }
        if (!isReal(stub)) {
            return false;
        }
        // A directory that was there below was copied up for the stubs in it; it goes if it is unchanged.
        return lower.isEmpty()
                || isReal(lower.get()) && owner(lower.get()).equals(owner(stub)) && !hidesWhatIsBelow(stub);
    }

    private static boolean hidesWhatIsBelow(Path directory) throws IOException {
        return Inodes.host().attribute(directory, "trusted.overlay.opaque").isPresent();
    }

    private static Map<String, Object> owner(Path path) throws IOException {
        return Files.readAttributes(path, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
    }

    private static void deleteIfEmpty(Path stub) throws IOException {
        try {
            Files.deleteIfExists(stub);
        } catch (DirectoryNotEmptyException used) {
            return;
        }
    }
}
