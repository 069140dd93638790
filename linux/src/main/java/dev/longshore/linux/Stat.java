package dev.longshore.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// What statx(2) says of a file itself, links not followed. `java.nio.file` says the same through a map of boxed
/// values, and throws where a file is absent: too dear for trees of many thousand files.
///
/// @param device as stat(2) numbers it, like `rdev`
public record Stat(
        int mode,
        int uid,
        int gid,
        long rdev,
        int links,
        long device,
        long inode,
        long size,
        Instant modified,
        Instant changed) {

    private static final int ENOENT = 2;
    private static final int ENOTDIR = 20;
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int BASIC_STATS = 0x7ff;
    private static final long STATX_SIZE = 256;
    private static final char REPLACEMENT = '\uFFFD';

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle STATX = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("statx"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS),
                    Linker.Option.captureCallState("errno"));

    /// True if the name of `path` can be handed to C as text: Java knows others that are no text only by their bytes.
    public static boolean speaks(Path path) {
        return path.toString().indexOf(REPLACEMENT) < 0;
    }

    /// Of the file at `path`; empty when there is none.
    public static Optional<Stat> of(Path path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment found = arena.allocate(STATX_SIZE, Long.BYTES);
            int result = (int) STATX.invokeExact(
                    state, AT_FDCWD, arena.allocateFrom(path.toString()), AT_SYMLINK_NOFOLLOW, BASIC_STATS, found);
            if (result == 0) {
                return Optional.of(read(found));
            }
            int errno = (int) ERRNO.get(state, 0L);
            if (errno == ENOENT || errno == ENOTDIR) {
                return Optional.empty();
            }
            throw new FileSystemException(path.toString(), null, "statx: errno " + errno);
        } catch (IOException | RuntimeException | Error broken) {
            throw broken;
        } catch (Throwable impossible) {
            throw new AssertionError("a native call throws nothing", impossible);
        }
    }

    /// `struct statx` has the same layout on every processor.
    private static Stat read(MemorySegment found) {
        return new Stat(
                Short.toUnsignedInt(found.get(ValueLayout.JAVA_SHORT, 28)),
                found.get(ValueLayout.JAVA_INT, 20),
                found.get(ValueLayout.JAVA_INT, 24),
                number(found, 128),
                found.get(ValueLayout.JAVA_INT, 16),
                number(found, 136),
                found.get(ValueLayout.JAVA_LONG, 32),
                found.get(ValueLayout.JAVA_LONG, 40),
                moment(found, 112),
                moment(found, 96));
    }

    private static Instant moment(MemorySegment found, long offset) {
        return Instant.ofEpochSecond(
                found.get(ValueLayout.JAVA_LONG, offset), found.get(ValueLayout.JAVA_INT, offset + Long.BYTES));
    }

    private static long number(MemorySegment found, long offset) {
        return HostInodes.device(
                found.get(ValueLayout.JAVA_INT, offset), found.get(ValueLayout.JAVA_INT, offset + Integer.BYTES));
    }
}
