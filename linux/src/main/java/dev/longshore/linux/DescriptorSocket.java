package dev.longshore.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A client of a unix stream socket over which descriptors travel beside the bytes (unix(7), SCM_RIGHTS), which Java's
/// channels drop: D-Bus. Both ways block in native code: on platform threads only. One thread may send while another
/// receives.
public final class DescriptorSocket implements AutoCloseable {

    private static final int NO_SIGNAL = 0x4000;
    private static final int CLOSE_ON_EXEC = 0x40000000;
    private static final int SOCKET_LEVEL = 1;
    private static final int RIGHTS = 1;
    private static final int LARGEST_READ = 16 << 10;
    private static final int MOST_DESCRIPTORS = 16;

    // struct msghdr on 64 bits: name, its length, iovec, their number, control data, its length, flags.
    private static final int MESSAGE_SIZE = 56;
    private static final int VECTORS = 16;
    private static final int VECTOR_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    // struct cmsghdr: length, level, type, data.
    private static final int CONTROL_HEADER = 16;
    private static final int CONTROL_LEVEL = 8;
    private static final int CONTROL_TYPE = 12;

    private final OpenSocket socket;

    private DescriptorSocket(OpenSocket socket) {
        this.socket = socket;
    }

    /// Connects to the socket at `path`.
    ///
    /// @throws IOException when nothing listens there
    public static DescriptorSocket connect(Path path) throws IOException {
        return new DescriptorSocket(OpenSocket.connect(OpenSocket.STREAM, path.toString()));
    }

    /// What has come at once.
    public record Received(byte[] bytes, List<HeldDescriptor> descriptors) {
        public Received {
            descriptors = List.copyOf(descriptors);
        }
    }

    /// The next bytes, however many there are, with the descriptors that came along; empty once the other side, or
    /// this one, has closed.
    public Optional<Received> receive() {
        if (!socket.acquire()) {
            return Optional.empty();
        }
        try (var call = new LibC.Call()) {
            if (!socket.awaitReadable(call)) {
                return Optional.empty();
            }
            MemorySegment buffer = call.arena().allocate(LARGEST_READ);
            MemorySegment control =
                    call.arena().allocate(CONTROL_HEADER + MOST_DESCRIPTORS * (long) Integer.BYTES, Long.BYTES);
            MemorySegment message = message(call, buffer, control);
            long length = call.recvmsg(socket.descriptor(), message, CLOSE_ON_EXEC);
            List<HeldDescriptor> descriptors = length < 0
                    ? List.of()
                    : descriptors(control.asSlice(0, message.get(ValueLayout.JAVA_LONG, CONTROL_LENGTH)));
            if (length <= 0) {
                descriptors.forEach(HeldDescriptor::close);
                return Optional.empty();
            }
            return Optional.of(new Received(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), descriptors));
        } finally {
            socket.release();
        }
    }

    private static List<HeldDescriptor> descriptors(MemorySegment control) {
        var descriptors = new ArrayList<HeldDescriptor>();
        long at = 0;
        while (at + CONTROL_HEADER <= control.byteSize()) {
            long length = control.get(ValueLayout.JAVA_LONG, at);
            if (length < CONTROL_HEADER || at + length > control.byteSize()) {
                break;
            }
            boolean isRights = control.get(ValueLayout.JAVA_INT, at + CONTROL_LEVEL) == SOCKET_LEVEL
                    && control.get(ValueLayout.JAVA_INT, at + CONTROL_TYPE) == RIGHTS;
            for (long i = at + CONTROL_HEADER; isRights && i + Integer.BYTES <= at + length; i += Integer.BYTES) {
                descriptors.add(new HeldDescriptor(control.get(ValueLayout.JAVA_INT, i)));
            }
            at += (length + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
        }
        return descriptors;
    }

    /// Sends all of `data`, and with its first byte the descriptors, of which the other side gets copies.
    ///
    /// @throws IOException when either side has closed
    public void send(byte[] data, HeldDescriptor... descriptors) throws IOException {
        if (!socket.acquire()) {
            throw new IOException("the socket is closed");
        }
        try {
            int sent = 0;
            while (sent < data.length) {
                sent += sendSome(data, sent, sent == 0 ? descriptors : new HeldDescriptor[0]);
            }
        } finally {
            socket.release();
        }
    }

    private int sendSome(byte[] data, int from, HeldDescriptor[] descriptors) throws IOException {
        try (var call = new LibC.Call()) {
            MemorySegment buffer = call.arena().allocate(data.length - from);
            MemorySegment.copy(data, from, buffer, ValueLayout.JAVA_BYTE, 0, data.length - from);
            MemorySegment message = message(call, buffer, rights(call, descriptors));
            long length = call.sendmsg(socket.descriptor(), message, NO_SIGNAL);
            if (length <= 0) {
                throw new IOException("the other side has gone: errno " + call.errno());
            }
            return (int) length;
        }
    }

    private static MemorySegment rights(LibC.Call call, HeldDescriptor[] descriptors) {
        if (descriptors.length == 0) {
            return MemorySegment.NULL;
        }
        long length = CONTROL_HEADER + descriptors.length * (long) Integer.BYTES;
        MemorySegment control = call.arena().allocate(length, Long.BYTES);
        control.set(ValueLayout.JAVA_LONG, 0, length);
        control.set(ValueLayout.JAVA_INT, CONTROL_LEVEL, SOCKET_LEVEL);
        control.set(ValueLayout.JAVA_INT, CONTROL_TYPE, RIGHTS);
        for (int i = 0; i < descriptors.length; i++) {
            control.set(ValueLayout.JAVA_INT, CONTROL_HEADER + (long) i * Integer.BYTES, descriptors[i].number());
        }
        return control;
    }

    private static MemorySegment message(LibC.Call call, MemorySegment buffer, MemorySegment control) {
        MemorySegment vector = call.arena().allocate(2 * (long) Long.BYTES, Long.BYTES);
        vector.set(ValueLayout.ADDRESS, 0, buffer);
        vector.set(ValueLayout.JAVA_LONG, Long.BYTES, buffer.byteSize());
        MemorySegment message = call.arena().allocate(MESSAGE_SIZE, Long.BYTES);
        message.set(ValueLayout.ADDRESS, VECTORS, vector);
        message.set(ValueLayout.JAVA_LONG, VECTOR_COUNT, 1);
        message.set(ValueLayout.ADDRESS, CONTROL, control);
        message.set(ValueLayout.JAVA_LONG, CONTROL_LENGTH, control.byteSize());
        return message;
    }

    /// Wakes who sends or receives.
    @Override
    public void close() {
        socket.close();
    }
}
