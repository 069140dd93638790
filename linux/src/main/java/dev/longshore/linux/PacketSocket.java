package dev.longshore.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// A client of a unix SOCK_SEQPACKET socket, which Java's channels do not speak: conmon's attach socket.
/// Sending and receiving block in native code: on platform threads only. One thread may send while another
/// receives.
public final class PacketSocket implements AutoCloseable {

    private static final int UNIX = 1;
    private static final int SEQPACKET = 5;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int NO_SIGNAL = 0x4000;
    private static final int STOP_SENDING = 1;
    private static final int STOP_BOTH = 2;
    private static final short READABLE = 1;
    private static final int ADDRESS_SIZE = 110;
    private static final int LONGEST_PATH = 107;
    private static final int TURN_MILLIS = 1000;
    private static final int LARGEST_PACKET = 32 << 10;
    private static final int LARGEST_SENT = 8 << 10;
    private static final int POLL_SIZE = 8;

    private final int descriptor;
    private final Object lock = new Object();
    private int users;
    private boolean closed;
    private boolean released;

    private PacketSocket(int descriptor) {
        this.descriptor = descriptor;
    }

    /// Connects to the socket called `name` in `directory`, whose path may be longer than a socket's can be: it
    /// is reached by way of a descriptor.
    ///
    /// @throws IOException when nothing listens there
    public static PacketSocket connect(Path directory, String name) throws IOException {
        try (var call = new LibC.Call()) {
            int at = call.open(directory.toString(), LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC);
            if (at < 0) {
                throw new IOException("cannot open " + directory + ": errno " + call.errno());
            }
            try {
                return connect(call, "/proc/self/fd/" + at + "/" + name);
            } finally {
                call.close(at);
            }
        }
    }

    private static PacketSocket connect(LibC.Call call, String path) throws IOException {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > LONGEST_PATH) {
            throw new IOException("too long for a socket: " + path);
        }
        MemorySegment address = call.arena().allocate(ADDRESS_SIZE);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) UNIX);
        MemorySegment.copy(bytes, 0, address, ValueLayout.JAVA_BYTE, 2, bytes.length);
        int descriptor = call.socket(UNIX, SEQPACKET | CLOSE_ON_EXEC, 0);
        if (descriptor < 0) {
            throw new IOException("cannot make a socket: errno " + call.errno());
        }
        if (call.connect(descriptor, address, bytes.length + 3) != 0) {
            int errno = call.errno();
            call.close(descriptor);
            throw new IOException("cannot connect to " + path + ": errno " + errno);
        }
        return new PacketSocket(descriptor);
    }

    /// The next packet; empty once the other side, or this one, has closed.
    public Optional<byte[]> receive() throws IOException {
        if (!acquire()) {
            return Optional.empty();
        }
        try (var call = new LibC.Call()) {
            MemorySegment wait = call.arena().allocate(POLL_SIZE, Integer.BYTES);
            wait.set(ValueLayout.JAVA_INT, 0, descriptor);
            wait.set(ValueLayout.JAVA_SHORT, Integer.BYTES, READABLE);
            while (call.poll(wait, 1, TURN_MILLIS) <= 0) {
                if (isClosed()) {
                    return Optional.empty();
                }
            }
            MemorySegment buffer = call.arena().allocate(LARGEST_PACKET);
            long length = call.recv(descriptor, buffer, LARGEST_PACKET);
            return length <= 0
                    ? Optional.empty()
                    : Optional.of(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        } finally {
            release();
        }
    }

    /// Sends `length` bytes of `data`, in packets that the other side takes whole. Blocks while it takes none.
    ///
    /// @throws IOException when either side has closed
    public void send(byte[] data, int length) throws IOException {
        for (int from = 0; from < length; from += LARGEST_SENT) {
            sendPacket(data, from, Math.min(LARGEST_SENT, length - from));
        }
    }

    private void sendPacket(byte[] data, int from, int length) throws IOException {
        if (!acquire()) {
            throw new IOException("the socket is closed");
        }
        try (var call = new LibC.Call()) {
            MemorySegment packet = call.arena().allocate(length);
            MemorySegment.copy(data, from, packet, ValueLayout.JAVA_BYTE, 0, length);
            if (call.send(descriptor, packet, length, NO_SIGNAL) < 0) {
                throw new IOException("the other side has gone: errno " + call.errno());
            }
        } finally {
            release();
        }
    }

    /// Tells the other side that no more will be sent.
    public void closeSending() {
        shutdown(STOP_SENDING);
    }

    /// Wakes who sends or receives; the last of them lets go of the descriptor, so that its number is never
    /// used for another file while a call is still under way.
    @Override
    public void close() {
        shutdown(STOP_BOTH);
        synchronized (lock) {
            closed = true;
            users++;
        }
        release();
    }

    private void shutdown(int how) {
        if (acquire()) {
            try (var call = new LibC.Call()) {
                call.shutdown(descriptor, how);
            } finally {
                release();
            }
        }
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    private boolean acquire() {
        synchronized (lock) {
            if (!closed) {
                users++;
            }
            return !closed;
        }
    }

    private void release() {
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
}
