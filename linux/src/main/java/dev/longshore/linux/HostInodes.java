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
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The C library's calls, through the foreign function interface.
final class HostInodes implements Inodes {

    static final HostInodes INSTANCE = new HostInodes();

    private static final int EEXIST = 17;
    private static final int ERANGE = 34;
    private static final int ENODATA = 61;
    private static final int ENOTSUP = 95;
    private static final int MOST_ATTEMPTS = 8;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle MKNOD = function(
            "mknod",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private static final MethodHandle LSETXATTR = function(
            "lsetxattr",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT));
    private static final MethodHandle LGETXATTR = function(
            "lgetxattr",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG));
    private static final MethodHandle LLISTXATTR = function(
            "llistxattr",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    private static final MethodHandle UTIMENSAT = function(
            "utimensat",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT));
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final long UTIME_OMIT = (1L << 30) - 2;

    @Override
    public void makeNode(Path path, int mode, int major, int minor) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) MKNOD.invokeExact(state, name(arena, path), mode, device(major, minor));
            if (result != 0) {
                throw failure("mknod", path, errno(state));
            }
        } catch (Throwable broken) {
            throw rethrown(broken);
        }
    }

    @Override
    public void setAttribute(Path path, String name, byte[] value) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment content = arena.allocate(Math.max(1, value.length));
            MemorySegment.copy(value, 0, content, ValueLayout.JAVA_BYTE, 0, value.length);
            int result = (int) LSETXATTR.invokeExact(
                    state, name(arena, path), arena.allocateFrom(name), content, (long) value.length, 0);
            if (result != 0) {
                throw failure("setxattr " + name, path, errno(state));
            }
        } catch (Throwable broken) {
            throw rethrown(broken);
        }
    }

    @Override
    public Optional<byte[]> attribute(Path path, String name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment file = name(arena, path);
            MemorySegment key = arena.allocateFrom(name);
            // Another process may lengthen the value between asking for its size and reading it: then once more.
            for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
                long size = (long) LGETXATTR.invokeExact(state, file, key, MemorySegment.NULL, 0L);
                if (size < 0 && isAbsent(errno(state))) {
                    return Optional.empty();
                }
                MemorySegment content = arena.allocate(Math.max(1, size));
                long read = size <= 0 ? size : (long) LGETXATTR.invokeExact(state, file, key, content, size);
                if (read >= 0) {
                    return Optional.of(content.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE));
                }
                if (errno(state) != ERANGE) {
                    throw failure("getxattr " + name, path, errno(state));
                }
            }
            throw failure("getxattr " + name, path, ERANGE);
        } catch (Throwable broken) {
            throw rethrown(broken);
        }
    }

    @Override
    public Map<String, byte[]> attributes(Path path) throws IOException {
        var attributes = new TreeMap<String, byte[]>();
        for (String name : names(path).split("\0", -1)) {
            if (!name.isEmpty()) {
                attribute(path, name).ifPresent(value -> attributes.put(name, value));
            }
        }
        return attributes;
    }

    @Override
    public void setModified(Path path, FileTime modified) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            Instant at = modified.toInstant();
            // Two timespecs, of access and of modification.
            MemorySegment times =
                    arena.allocateFrom(ValueLayout.JAVA_LONG, 0, UTIME_OMIT, at.getEpochSecond(), at.getNano());
            int result = (int) UTIMENSAT.invokeExact(state, AT_FDCWD, name(arena, path), times, AT_SYMLINK_NOFOLLOW);
            if (result != 0) {
                throw failure("utimensat", path, errno(state));
            }
        } catch (Throwable broken) {
            throw rethrown(broken);
        }
    }

    private static String names(Path path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment file = name(arena, path);
            for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
                long size = (long) LLISTXATTR.invokeExact(state, file, MemorySegment.NULL, 0L);
                if (size == 0 || size < 0 && isAbsent(errno(state))) {
                    return "";
                }
                MemorySegment content = arena.allocate(Math.max(1, size));
                long read = size < 0 ? size : (long) LLISTXATTR.invokeExact(state, file, content, size);
                if (read >= 0) {
                    return new String(content.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
                }
                if (errno(state) != ERANGE) {
                    throw failure("listxattr", path, errno(state));
                }
            }
            throw failure("listxattr", path, ERANGE);
        } catch (Throwable broken) {
            throw rethrown(broken);
        }
    }

    private static boolean isAbsent(int errno) {
        return errno == ENODATA || errno == ENOTSUP;
    }

    private static MemorySegment name(Arena arena, Path path) {
        return arena.allocateFrom(path.toString());
    }

    private static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    /// The kernel's encoding of a device number in 64 bits (makedev(3)).
    static long device(int major, int minor) {
        return (major & 0xfffff000L) << 32 | (major & 0xfffL) << 8 | (minor & 0xffffff00L) << 12 | minor & 0xffL;
    }

    private static FileSystemException failure(String call, Path path, int errno) {
        return errno == EEXIST
                ? new FileAlreadyExistsException(path.toString())
                : new FileSystemException(path.toString(), null, call + ": errno " + errno);
    }

    private static IOException rethrown(Throwable broken) {
        return switch (broken) {
            case IOException failure -> failure;
            case RuntimeException bug -> throw bug;
            case Error error -> throw error;
            default -> throw new AssertionError("a native call throws nothing", broken);
        };
    }

    private static MethodHandle function(String name, FunctionDescriptor shape) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), shape, Linker.Option.captureCallState("errno"));
    }
}
