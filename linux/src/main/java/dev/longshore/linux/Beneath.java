package dev.longshore.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Finds and makes what lies below a directory that others may change at the same time. A link may lead from place to
/// place below the directory; one that leads out, or is absolute, is refused (openat2(2), RESOLVE_BENEATH).
public final class Beneath {

    private static final long RULES = Held.RESOLVE_BENEATH | Held.RESOLVE_NO_MAGIC_LINKS;

    private final Path root;

    /// Below `root`, which is trusted.
    public Beneath(Path root) {
        this.root = root;
    }

    /// What is at `path`, after every link.
    ///
    /// @throws NoSuchFileException when there is nothing
    public Held entry(String path) throws IOException {
        return Held.open(root, path, 0, RULES);
    }

    /// What is at `path`; directories, with `mode`, where there is nothing yet. Fails when others put something there
    /// meanwhile.
    public Held entryOrDirectory(String path, int mode) throws IOException {
        try {
            return entry(path);
        } catch (NoSuchFileException missing) {
            Path relative = Path.of(path).normalize();
            Path parent = relative.getParent();
            try (Held above = entryOrDirectory(parent == null ? "" : parent.toString(), mode)) {
                return made(above, relative.getFileName().toString(), mode);
            }
        }
    }

    private static Held made(Held above, String name, int mode) throws IOException {
        // A link that leads nowhere is there already, and so refused.
        Files.createDirectory(above.path().resolve(name));
        Held fresh = above.child(name);
        try {
            if (!Files.isDirectory(fresh.path())) {
                throw new NoSuchFileException(name, null, "it was replaced");
            }
            Files.setAttribute(fresh.path(), "unix:mode", mode);
            return fresh;
        } catch (IOException failure) {
            fresh.close();
            throw failure;
        }
    }
}
