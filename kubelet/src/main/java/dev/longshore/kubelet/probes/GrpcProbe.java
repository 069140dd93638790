package dev.longshore.kubelet.probes;

import io.fabric8.kubernetes.api.model.GRPCAction;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// One call of `grpc.health.v1.Health/Check`, in just as much of HTTP/2 as that takes: one stream, header
/// fields without compression, and of the answer only its message, whose single field is the state. No gRPC
/// library reaches this module, and a probe every second should not cost a channel.
final class GrpcProbe {

    private static final int DATA = 0x0;
    private static final int HEADERS = 0x1;
    private static final int RST_STREAM = 0x3;
    private static final int SETTINGS = 0x4;
    private static final int PING = 0x6;
    private static final int GOAWAY = 0x7;
    private static final int END_STREAM = 0x1;
    private static final int ACK = 0x1;
    private static final int END_HEADERS = 0x4;
    private static final int PADDED = 0x8;
    private static final int GRPC_PREFIX = 5;
    private static final int LARGEST_FRAME = 1 << 20;
    private static final int SERVING = 1;

    private GrpcProbe() {}

    static Verdict check(GRPCAction spec, Target target, Duration limit) {
        String authority = target.address() + ":" + spec.getPort();
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(target.address(), spec.getPort()), Math.toIntExact(limit.toMillis()));
            socket.setSoTimeout(Math.toIntExact(Math.max(1, limit.toMillis())));
            var out = new DataOutputStream(socket.getOutputStream());
            send(out, authority, spec.getService() == null ? "" : spec.getService());
            return answer(new DataInputStream(socket.getInputStream()), out);
        } catch (IOException failure) {
            return Verdict.failure("timeout: failed to connect service \"%s\" within %s: %s"
                    .formatted(authority, limit.toSeconds() + "s", HttpProbe.words(failure)));
        }
    }

    private static void send(DataOutputStream out, String authority, String service) throws IOException {
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(out, SETTINGS, 0, 0, new byte[0]);
        var fields = new ByteArrayOutputStream();
        field(fields, ":method", "POST");
        field(fields, ":scheme", "http");
        field(fields, ":path", "/grpc.health.v1.Health/Check");
        field(fields, ":authority", authority);
        field(fields, "content-type", "application/grpc");
        field(fields, "user-agent", "kube-probe/1.36");
        field(fields, "te", "trailers");
        frame(out, HEADERS, END_HEADERS, 1, fields.toByteArray());
        frame(out, DATA, END_STREAM, 1, message(service.getBytes(StandardCharsets.UTF_8)));
        out.flush();
    }

    private static byte[] message(byte[] service) throws IOException {
        var body = new ByteArrayOutputStream();
        if (service.length > 0) {
            body.write(0x0a);
            body.write(service.length);
            body.write(service);
        }
        var message = new ByteArrayOutputStream();
        var out = new DataOutputStream(message);
        out.writeByte(0);
        out.writeInt(body.size());
        body.writeTo(out);
        return message.toByteArray();
    }

    /// A literal field without indexing, RFC 7541, 6.2.2; every name and value here is shorter than 127.
    private static void field(ByteArrayOutputStream out, String name, String value) throws IOException {
        out.write(0);
        out.write(name.length());
        out.write(name.getBytes(StandardCharsets.US_ASCII));
        out.write(value.length());
        out.write(value.getBytes(StandardCharsets.US_ASCII));
    }

    private static void frame(DataOutputStream out, int type, int flags, int stream, byte[] payload)
            throws IOException {
        out.writeByte(payload.length >> 16);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
    }

    private static Verdict answer(DataInputStream in, DataOutputStream out) throws IOException {
        var message = new ByteArrayOutputStream();
        while (true) {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            in.readInt();
            if (length > LARGEST_FRAME) {
                throw new IOException("frame too large");
            }
            byte[] payload = in.readNBytes(length);
            switch (type) {
                case SETTINGS, PING -> {
                    if ((flags & ACK) == 0) {
                        frame(out, type, ACK, 0, type == PING ? payload : new byte[0]);
                        out.flush();
                    }
                }
                case DATA -> message.write(payload, (flags & PADDED) == 0 ? 0 : 1, dataLength(payload, flags));
                case RST_STREAM, GOAWAY -> {
                    return Verdict.failure("service unhealthy (the server reset the call)");
                }
                default -> {
                    // Header fields and window updates change nothing for one short message.
                }
            }
            if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
                return verdict(message.toByteArray());
            }
        }
    }

    private static int dataLength(byte[] payload, int flags) {
        return (flags & PADDED) == 0 ? payload.length : payload.length - 1 - (payload[0] & 0xff);
    }

    private static Verdict verdict(byte[] message) {
        boolean isServing = message.length >= GRPC_PREFIX + 2
                && message[GRPC_PREFIX] == 0x08
                && message[GRPC_PREFIX + 1] == SERVING;
        return isServing
                ? Verdict.success("service healthy")
                : Verdict.failure("service unhealthy (responded with \"NOT_SERVING\")");
    }
}
