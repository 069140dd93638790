package dev.longshore.linux;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The few functions of the C library that Java has no word for. Each returns what C does; a failure is read
/// with [Call#errno]. Those that block must be called on platform threads.
final class LibC {

    static final int O_RDONLY = 0;
    static final int O_CLOEXEC = 0x80000;
    static final int O_PATH = 0x200000;
    static final int O_DIRECTORY = 0x10000;
    static final int O_NOFOLLOW = 0x20000;
    static final int CLONE_NEWNET = 0x40000000;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final AddressLayout ADDRESS = ValueLayout.ADDRESS;
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker LINKER = Linker.nativeLinker();

    private static final MethodHandle KILL = function("kill", INT, INT, INT);
    private static final MethodHandle SETNS = function("setns", INT, INT, INT);
    private static final MethodHandle OPEN = variadic("open", 2, INT, ADDRESS, INT, INT);
    private static final MethodHandle CLOSE = function("close", INT, INT);
    private static final MethodHandle SOCKET = function("socket", INT, INT, INT, INT);
    private static final MethodHandle CONNECT = function("connect", INT, INT, ADDRESS, INT);
    private static final MethodHandle RECV = function("recv", LONG, INT, ADDRESS, LONG, INT);
    private static final MethodHandle SEND = function("send", LONG, INT, ADDRESS, LONG, INT);
    private static final MethodHandle RECVMSG = function("recvmsg", LONG, INT, ADDRESS, INT);
    private static final MethodHandle SENDMSG = function("sendmsg", LONG, INT, ADDRESS, INT);
    private static final MethodHandle SHUTDOWN = function("shutdown", INT, INT, INT);
    private static final MethodHandle POLL = function("poll", INT, ADDRESS, LONG, INT);
    private static final MethodHandle MOUNT = function("mount", INT, ADDRESS, ADDRESS, ADDRESS, LONG, ADDRESS);
    private static final MethodHandle UMOUNT2 = function("umount2", INT, ADDRESS, INT);

    private static final MethodHandle OPENAT2 = variadic("syscall", 1, LONG, LONG, LONG, ADDRESS, ADDRESS, LONG);
    private static final long OPENAT2_NUMBER = 437;
    private static final MethodHandle NAMED_TWICE =
            variadic("syscall", 1, LONG, LONG, LONG, ADDRESS, LONG, ADDRESS, LONG);

    private LibC() {}

    static boolean kill(int pid, int signal) {
        try (var call = new Call()) {
            return call.invoke(KILL, pid, signal) == 0;
        }
    }

    /// One call's memory and errno.
    static final class Call implements AutoCloseable {
        private final Arena arena = Arena.ofConfined();
        private final MemorySegment state = arena.allocate(STATE);

        Arena arena() {
            return arena;
        }

        int errno() {
            return (int) ERRNO.get(state, 0L);
        }

        int open(String path, int flags) {
            return invoke(OPEN, arena.allocateFrom(path), flags, 0);
        }

        /// The C library has no name for it.
        int openat2(int directory, String path, MemorySegment how, long size) {
            return (int) invokeLong(OPENAT2, OPENAT2_NUMBER, (long) directory, arena.allocateFrom(path), how, size);
        }

        int mount(String source, String target, String type, long flags, String data) {
            return invoke(
                    MOUNT,
                    arena.allocateFrom(source),
                    arena.allocateFrom(target),
                    arena.allocateFrom(type),
                    flags,
                    arena.allocateFrom(data));
        }

        int umount2(String target, int flags) {
            return invoke(UMOUNT2, arena.allocateFrom(target), flags);
        }

        /// A call that takes two directories, or one and a structure, and has no name in the C library.
        int namedTwice(long number, int directory, String path, int third, MemorySegment fourth, int fifth) {
            return (int) invokeLong(
                    NAMED_TWICE, number, (long) directory, arena.allocateFrom(path), (long) third, fourth, (long)
                            fifth);
        }

        int setns(int descriptor, int kind) {
            return invoke(SETNS, descriptor, kind);
        }

        int socket(int domain, int type, int protocol) {
            return invoke(SOCKET, domain, type, protocol);
        }

        int connect(int descriptor, MemorySegment address, int length) {
            return invoke(CONNECT, descriptor, address, length);
        }

        long recv(int descriptor, MemorySegment buffer, long length) {
            return invokeLong(RECV, descriptor, buffer, length, 0);
        }

        long send(int descriptor, MemorySegment buffer, long length, int flags) {
            return invokeLong(SEND, descriptor, buffer, length, flags);
        }

        long recvmsg(int descriptor, MemorySegment message, int flags) {
            return invokeLong(RECVMSG, descriptor, message, flags);
        }

        long sendmsg(int descriptor, MemorySegment message, int flags) {
            return invokeLong(SENDMSG, descriptor, message, flags);
        }

        int poll(MemorySegment descriptors, long count, int timeoutMillis) {
            return invoke(POLL, descriptors, count, timeoutMillis);
        }

        int shutdown(int descriptor, int how) {
            return invoke(SHUTDOWN, descriptor, how);
        }

        void close(int descriptor) {
            invoke(CLOSE, descriptor);
        }

        private int invoke(MethodHandle function, Object... arguments) {
            return (int) call(function, arguments);
        }

        private long invokeLong(MethodHandle function, Object... arguments) {
            return (long) call(function, arguments);
        }

        private Object call(MethodHandle function, Object... arguments) {
            var all = new Object[arguments.length + 1];
            all[0] = state;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            try {
                return function.invokeWithArguments(all);
            } catch (RuntimeException | Error failure) {
                throw failure;
            } catch (Throwable impossible) {
                throw new AssertionError("a native call throws nothing checked", impossible);
            }
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    private static MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    private static MethodHandle variadic(String name, int fixed, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(fixed));
    }
}
