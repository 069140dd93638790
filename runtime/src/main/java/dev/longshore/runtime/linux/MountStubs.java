package dev.longshore.runtime.linux;

import dev.longshore.runtime.OneShot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The empty files and directories that an OCI runtime makes in a root file system to mount upon. They are no
/// work of a build step, so they are taken out of what it has changed, unless the step has put something in
/// their place.
record MountStubs(Path upper, LayeredRoot below, List<String> absent) {

    // Deeper paths first.
    private static final List<String> MADE =
            List.of("etc/hosts", "etc/hostname", "etc/resolv.conf", "etc", "dev", "proc", "sys");

    /// Notes which are absent before a step runs.
    static MountStubs before(OneShot.Step step) {
        var visible = new ArrayList<>(List.of(step.upperDirectory()));
        visible.addAll(step.lowerDirectories());
        var root = new LayeredRoot(visible);
        List<String> absent = MADE.stream()
                .filter(path -> root.locate(path).isEmpty()
                        || path.equals("etc")
                                && !Files.exists(step.upperDirectory().resolve(path)))
                .toList();
        return new MountStubs(step.upperDirectory(), new LayeredRoot(step.lowerDirectories()), absent);
    }

    /// Takes away those that are empty still.
    void remove() {
        try {
            for (String path : absent) {
                Path stub = upper.resolve(path);
                if (isReal(stub.getParent()) && isStub(path, stub)) {
                    deleteIfEmpty(stub);
                }
            }
        } catch (IOException denied) {
            throw new UncheckedIOException(denied);
        }
    }

    // A step may have made /etc a link out of here.
    private static boolean isReal(Path directory) {
        return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS);
    }

    private boolean isStub(String path, Path stub) throws IOException {
        if (Files.isRegularFile(stub, LinkOption.NOFOLLOW_LINKS)) {
            return Files.size(stub) == 0;
        }
        if (!isReal(stub)) {
            return false;
        }
        // A directory that was there below was copied up for the stubs in it; it goes if it is unchanged.
        var lower = below.locate(path);
        return lower.isEmpty() || owner(lower.get()).equals(owner(stub));
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
