package dev.longshore.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;

/// A client of a unix SOCK_SEQPACKET socket, which Java's channels do not speak: conmon's attach socket.
/// Sending and receiving block in native code: on platform threads only. One thread may send while another
/// receives.
public final class PacketSocket implements AutoCloseable {

    private static final int NO_SIGNAL = 0x4000;
    private static final int LARGEST_PACKET = 32 << 10;
    private static final int LARGEST_SENT = 8 << 10;

    private final OpenSocket socket;

    private PacketSocket(OpenSocket socket) {
        this.socket = socket;
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
                return new PacketSocket(OpenSocket.connect(OpenSocket.SEQPACKET, "/proc/self/fd/" + at + "/" + name));
            } finally {
                call.close(at);
            }
        }
    }

    /// The next packet; empty once the other side, or this one, has closed.
    public Optional<byte[]> receive() throws IOException {
        if (!socket.acquire()) {
            return Optional.empty();
        }
        try (var call = new LibC.Call()) {
            if (!socket.awaitReadable(call)) {
                return Optional.empty();
            }
            MemorySegment buffer = call.arena().allocate(LARGEST_PACKET);
            long length = call.recv(socket.descriptor(), buffer, LARGEST_PACKET);
            return length <= 0
                    ? Optional.empty()
                    : Optional.of(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        } finally {
            socket.release();
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
        if (!socket.acquire()) {
            throw new IOException("the socket is closed");
        }
        try (var call = new LibC.Call()) {
            MemorySegment packet = call.arena().allocate(length);
            MemorySegment.copy(data, from, packet, ValueLayout.JAVA_BYTE, 0, length);
            if (call.send(socket.descriptor(), packet, length, NO_SIGNAL) < 0) {
                throw new IOException("the other side has gone: errno " + call.errno());
            }
        } finally {
            socket.release();
        }
    }

    /// Tells the other side that no more will be sent.
    public void closeSending() {
        socket.shutdown(OpenSocket.STOP_SENDING);
    }

    /// Wakes who sends or receives.
    @Override
    public void close() {
        socket.close();
    }
}
