package dev.longshore.linux;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/// Finds files below a directory as a process would whose root that directory is: the kernel follows links, and no
/// link, no `..` and no change of the tree meanwhile leads out of it (openat2(2), RESOLVE_IN_ROOT). What is found
/// is held by a descriptor.
public final class InRoot {

    private static final long RULES = Held.RESOLVE_IN_ROOT | Held.RESOLVE_NO_MAGIC_LINKS;

    private final Path root;

    /// Below `root`, which is trusted.
    public InRoot(Path root) {
        this.root = root;
    }

    /// The directory at `path`, after every link.
    ///
    /// @throws NoSuchFileException when there is none
    /// @throws NotDirectoryException when it is something else
    public Held directory(String path) throws IOException {
        return Held.open(root, path, LibC.O_DIRECTORY, RULES);
    }

    /// What is at `path`, whatever it is, after every link.
    ///
    /// @throws NoSuchFileException when there is nothing
    public Held entry(String path) throws IOException {
        return Held.open(root, path, 0, RULES);
    }
}
