package dev.longshore.kubelet.volumes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// Finds a path inside a volume that the pod itself can write to, and so may have laced with links to
/// elsewhere.
public final class SubPath {

    private SubPath() {}

    /// The real place of `subPath` under `root`; made as a directory if there is nothing yet.
    ///
    /// @throws VolumeException when it leads out of the volume
    public static Path within(Path root, String subPath) {
        Path relative = Path.of(subPath);
        if (relative.isAbsolute()) {
            throw new VolumeException("subPath \"%s\" must not be an absolute path".formatted(subPath));
        }
        try {
            Path realRoot = root.toRealPath();
            Path at = realRoot;
            for (Path name : relative) {
                if (name.toString().equals("..")) {
                    throw new VolumeException("subPath \"%s\" must not contain '..'".formatted(subPath));
                }
                at = step(realRoot, at.resolve(name), subPath);
            }
            return at;
        } catch (IOException failure) {
            throw new VolumeException(
                    "failed to prepare subPath \"%s\": %s".formatted(subPath, failure.getMessage()), failure);
        }
    }

    private static Path step(Path realRoot, Path next, String subPath) throws IOException {
        if (!Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
            return Files.createDirectory(next);
        }
        Path real = next.toRealPath();
        if (!real.startsWith(realRoot)) {
            throw new VolumeException("subPath \"%s\" not within volume path".formatted(subPath));
        }
        return real;
    }
}
