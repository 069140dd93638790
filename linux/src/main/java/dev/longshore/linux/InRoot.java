package dev.longshore.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/// Finds files below a directory as a process would whose root that directory is: the kernel follows links, and no
/// link, no `..` and no change of the tree meanwhile leads out of it (openat2(2), RESOLVE_IN_ROOT). What is found
/// is held by a descriptor.
public final class InRoot {

    private static final long RESOLVE_NO_MAGIC_LINKS = 0x02;
    private static final long RESOLVE_IN_ROOT = 0x10;
    private static final int HOW_SIZE = 24;
    private static final int ENOENT = 2;
    private static final int ENOTDIR = 20;
    private static final int ELOOP = 40;

    private final Path root;

    /// Below `root`, which is trusted.
    public InRoot(Path root) {
        this.root = root;
    }

    /// A directory that stays the same whatever happens to its name.
    public static final class Held implements AutoCloseable {
        private final int descriptor;

        private Held(int descriptor) {
            this.descriptor = descriptor;
        }

        /// A path that leads to it, while it is held, in this process only.
        public Path path() {
            return Path.of("/proc/self/fd/" + descriptor);
        }

        @Override
        public void close() {
            try (var call = new LibC.Call()) {
                call.close(descriptor);
            }
        }
    }

    /// The directory at `path`, after every link.
    ///
    /// @throws NoSuchFileException when there is none
    /// @throws NotDirectoryException when it is something else
    public Held directory(String path) throws IOException {
        try (var call = new LibC.Call()) {
            int flags = LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC;
            int at = call.open(root.toString(), flags);
            if (at < 0) {
                throw failure(call.errno(), root.toString());
            }
            try {
                MemorySegment how = call.arena().allocate(HOW_SIZE, Long.BYTES);
                how.set(ValueLayout.JAVA_LONG, 0, flags);
                how.set(ValueLayout.JAVA_LONG, 2 * Long.BYTES, RESOLVE_IN_ROOT | RESOLVE_NO_MAGIC_LINKS);
                int found = call.openat2(at, path.isEmpty() ? "." : path, how, HOW_SIZE);
                if (found < 0) {
                    throw failure(call.errno(), path);
                }
                return new Held(found);
            } finally {
                call.close(at);
            }
        }
    }

    private static IOException failure(int errno, String path) {
        return switch (errno) {
            case ENOENT -> new NoSuchFileException(path);
            case ENOTDIR -> new NotDirectoryException(path);
            case ELOOP -> new FileSystemLoopException(path);
            default -> new FileSystemException(path, null, "errno " + errno);
        };
    }
}
