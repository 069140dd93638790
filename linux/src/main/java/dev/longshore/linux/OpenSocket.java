package dev.longshore.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// The descriptor of a connected unix socket, which several threads may use while another closes it: the last of them
/// lets go of it, so that its number is never used for another file while a call is still under way.
final class OpenSocket implements AutoCloseable {

    static final int STREAM = 1;
    static final int SEQPACKET = 5;
    static final int STOP_SENDING = 1;

    private static final int UNIX = 1;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int STOP_BOTH = 2;
    private static final short READABLE = 1;
    private static final int ADDRESS_SIZE = 110;
    private static final int LONGEST_PATH = 107;
    private static final int TURN_MILLIS = 1000;
    private static final int POLL_SIZE = 8;

    private final int descriptor;
    private final Object lock = new Object();
    private int users;
    private boolean closed;
    private boolean released;

    private OpenSocket(int descriptor) {
        this.descriptor = descriptor;
    }

    /// Connects a socket of `type` to `path`.
    ///
    /// @throws IOException when nothing listens there
    static OpenSocket connect(int type, String path) throws IOException {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > LONGEST_PATH) {
            throw new IOException("too long for a socket: " + path);
        }
        try (var call = new LibC.Call()) {
            MemorySegment address = call.arena().allocate(ADDRESS_SIZE);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) UNIX);
            MemorySegment.copy(bytes, 0, address, ValueLayout.JAVA_BYTE, 2, bytes.length);
            int descriptor = call.socket(UNIX, type | CLOSE_ON_EXEC, 0);
            if (descriptor < 0) {
                throw new IOException("cannot make a socket: errno " + call.errno());
            }
            if (call.connect(descriptor, address, bytes.length + 3) != 0) {
                int errno = call.errno();
                call.close(descriptor);
                throw new IOException("cannot connect to " + path + ": errno " + errno);
            }
            return new OpenSocket(descriptor);
        }
    }

    /// For use until [#release]; only after [#acquire].
    int descriptor() {
        return descriptor;
    }

    /// Waits until there is something to read; false if it is closed before.
    boolean awaitReadable(LibC.Call call) {
        MemorySegment wait = call.arena().allocate(POLL_SIZE, Integer.BYTES);
        wait.set(ValueLayout.JAVA_INT, 0, descriptor);
        wait.set(ValueLayout.JAVA_SHORT, Integer.BYTES, READABLE);
        while (call.poll(wait, 1, TURN_MILLIS) <= 0) {
            if (isClosed()) {
                return false;
            }
        }
        return !isClosed();
    }

    /// False once it is closed; else it stays open until [#release].
    boolean acquire() {
        synchronized (lock) {
            if (!closed) {
                users++;
            }
            return !closed;
        }
    }

    void release() {
        synchronized (lock) {
            users--;
            if (closed && users == 0 && !released) {
                released = true;
                try (var call = new LibC.Call()) {
                    call.close(descriptor);
                }
            }
        }
    }

    /// See shutdown(2).
    void shutdown(int how) {
        if (acquire()) {
            try (var call = new LibC.Call()) {
                call.shutdown(descriptor, how);
            } finally {
                release();
            }
        }
    }

    /// Wakes who uses it.
    @Override
    public void close() {
        shutdown(STOP_BOTH);
        synchronized (lock) {
            closed = true;
            users++;
        }
        release();
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }
}
