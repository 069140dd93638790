package dev.longshore.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/// A file or directory that stays the same whatever happens to its name: a descriptor that gives no right to read or
/// write (open(2), O_PATH). Close it.
public final class Held implements AutoCloseable {

    static final long RESOLVE_NO_MAGIC_LINKS = 0x02;
    static final long RESOLVE_BENEATH = 0x08;
    static final long RESOLVE_IN_ROOT = 0x10;

    private static final int HOW_SIZE = 24;
    private static final int ENOENT = 2;
    private static final int EAGAIN = 11;
    private static final int EXDEV = 18;
    private static final int ENOTDIR = 20;
    private static final int ELOOP = 40;
    private static final int MOST_ATTEMPTS = 32;

    private final int descriptor;

    private Held(int descriptor) {
        this.descriptor = descriptor;
    }

    /// A path that leads to it, while it is held, in this process only. Every call that takes a path may be given
    /// it, mount(2) too.
    public Path path() {
        return Path.of("/proc/self/fd/" + descriptor);
    }

    /// The same for other processes of this host's root, while it is held here.
    public Path pathForOthers() {
        return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor);
    }

    /// The directory at `path`, which is trusted.
    public static Held directory(Path path) throws IOException {
        return open(path, "", LibC.O_DIRECTORY, RESOLVE_BENEATH);
    }

    /// What is called `name` in this directory, itself: a link is not followed.
    public Held child(String name) throws IOException {
        return openAt(descriptor, name, LibC.O_NOFOLLOW, RESOLVE_BENEATH | RESOLVE_NO_MAGIC_LINKS);
    }

    @Override
    public void close() {
        try (var call = new LibC.Call()) {
            call.close(descriptor);
        }
    }

    /// What is at `path` from `root`, which is trusted, by openat2(2)'s rules `resolve`.
    static Held open(Path root, String path, int flags, long resolve) throws IOException {
        try (var call = new LibC.Call()) {
            int at = call.open(root.toString(), LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC);
            if (at < 0) {
                throw failure(call.errno(), root.toString());
            }
            try {
                return openAt(at, path, flags, resolve);
            } finally {
                call.close(at);
            }
        }
    }

    private static Held openAt(int directory, String path, int flags, long resolve) throws IOException {
        try (var call = new LibC.Call()) {
            MemorySegment how = call.arena().allocate(HOW_SIZE, Long.BYTES);
            how.set(ValueLayout.JAVA_LONG, 0, LibC.O_PATH | LibC.O_CLOEXEC | flags);
            how.set(ValueLayout.JAVA_LONG, 2 * Long.BYTES, resolve);
            // While somebody renames beside a `..` the kernel cannot be sure, and asks to be asked again.
            for (int attempt = 1; ; attempt++) {
                int found = call.openat2(directory, path.isEmpty() ? "." : path, how, HOW_SIZE);
                if (found >= 0) {
                    return new Held(found);
                }
                if (call.errno() != EAGAIN || attempt == MOST_ATTEMPTS) {
                    throw failure(call.errno(), path);
                }
            }
        }
    }

    private static IOException failure(int errno, String path) {
        return switch (errno) {
            case ENOENT -> new NoSuchFileException(path);
            case ENOTDIR -> new NotDirectoryException(path);
            case ELOOP -> new FileSystemLoopException(path);
            case EXDEV -> new FileSystemException(path, null, "leads out of its directory");
            default -> new FileSystemException(path, null, "errno " + errno);
        };
    }
}
