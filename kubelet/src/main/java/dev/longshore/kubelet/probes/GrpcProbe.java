package dev.longshore.kubelet.probes;

import dev.longshore.http.HeaderBlocks;
import io.fabric8.kubernetes.api.model.GRPCAction;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One call of `grpc.health.v1.Health/Check`, in just as much of HTTP/2 as that takes: one stream, header
/// fields without compression, and of the answer its message, whose single field is the state, and how the call
/// ended. A probe every second should not cost a channel.
final class GrpcProbe {

    private static final int DATA = 0x0;
    private static final int HEADERS = 0x1;
    private static final int RST_STREAM = 0x3;
    private static final int SETTINGS = 0x4;
    private static final int PING = 0x6;
    private static final int GOAWAY = 0x7;
    private static final int CONTINUATION = 0x9;
    private static final int END_STREAM = 0x1;
    private static final int ACK = 0x1;
    private static final int END_HEADERS = 0x4;
    private static final int PADDED = 0x8;
    private static final int PRIORITY = 0x20;
    private static final int PRIORITY_BYTES = 5;
    private static final int GRPC_PREFIX = 5;
    private static final int LARGEST_FRAME = 1 << 20;
    private static final int SEVEN_BITS = 0x7f;
    private static final List<String> STATES = List.of("UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN");
    private static final List<String> CODES = List.of(
            "OK",
            "Canceled",
            "Unknown",
            "InvalidArgument",
            "DeadlineExceeded",
            "NotFound",
            "AlreadyExists",
            "PermissionDenied",
            "ResourceExhausted",
            "FailedPrecondition",
            "Aborted",
            "OutOfRange",
            "Unimplemented",
            "Internal",
            "Unavailable",
            "DataLoss",
            "Unauthenticated");

    private GrpcProbe() {}

    static Verdict check(GRPCAction spec, Target target, Duration limit) {
        String host = target.address().indexOf(':') >= 0 ? "[" + target.address() + "]" : target.address();
        String authority = host + ":" + spec.getPort();
        boolean isConnected = false;
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(target.address(), spec.getPort()), Math.toIntExact(limit.toMillis()));
            socket.setSoTimeout(Math.toIntExact(Math.max(1, limit.toMillis())));
            var out = new DataOutputStream(socket.getOutputStream());
            var in = new DataInputStream(socket.getInputStream());
            send(out, authority, spec.getService() == null ? "" : spec.getService());
            isConnected = true;
            return answer(in, out);
        } catch (SocketTimeoutException late) {
            return isConnected
                    ? Verdict.failure("timeout: health rpc did not complete within " + limit.toSeconds() + "s")
                    : unreachable(authority, limit);
        } catch (ConnectException refused) {
            return unreachable(authority, limit);
        } catch (IOException failure) {
            return Verdict.failure(
                    "error: health rpc probe failed: rpc error: code = Unavailable desc = " + HttpProbe.words(failure));
        }
    }

    // A client of gRPC goes on trying to connect until its time is over, whatever the reason.
    private static Verdict unreachable(String authority, Duration limit) {
        return Verdict.failure("timeout: failed to connect service \"%s\" within %ds: context deadline exceeded"
                .formatted(authority, limit.toSeconds()));
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
            for (int rest = service.length; ; rest >>>= 7) {
                body.write(rest > SEVEN_BITS ? rest & SEVEN_BITS | SEVEN_BITS + 1 : rest);
                if (rest <= SEVEN_BITS) {
                    break;
                }
            }
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
        var blocks = new HeaderBlocks();
        var fields = new HashMap<String, String>();
        var message = new ByteArrayOutputStream();
        var block = new ByteArrayOutputStream();
        boolean isLast = false;
        while (true) {
            Frame frame = Frame.read(in);
            isLast |= (frame.type == DATA || frame.type == HEADERS) && frame.has(END_STREAM);
            switch (frame.type) {
                case SETTINGS, PING -> {
                    if (!frame.has(ACK)) {
                        frame(out, frame.type, ACK, 0, frame.type == PING ? frame.payload : new byte[0]);
                        out.flush();
                    }
                }
                case DATA -> message.write(frame.content());
                case HEADERS -> block.write(frame.content());
                case CONTINUATION -> block.write(frame.payload);
                case RST_STREAM, GOAWAY -> {
                    return Verdict.failure(
                            "error: health rpc probe failed: rpc error: code = Unavailable desc = the server reset the call");
                }
                default -> {
                    // Window updates change nothing for one short message.
                }
            }
            if ((frame.type == HEADERS || frame.type == CONTINUATION) && frame.has(END_HEADERS)) {
                fields.putAll(blocks.read(block.toByteArray()));
                block.reset();
            }
            if (isLast && block.size() == 0) {
                return verdict(fields, message.toByteArray());
            }
        }
    }

    private static Verdict verdict(Map<String, String> fields, byte[] message) {
        String code = fields.getOrDefault("grpc-status", "0");
        if (!code.equals("0")) {
            String words = fields.getOrDefault("grpc-message", "");
            return Verdict.failure(
                    name(CODES, code).equals("Unimplemented")
                            ? "error: this server does not implement the grpc health protocol (grpc.health.v1.Health): "
                                    + words
                            : "error: health rpc probe failed: rpc error: code = %s desc = %s"
                                    .formatted(name(CODES, code), words));
        }
        boolean isTold = message.length >= GRPC_PREFIX + 2 && message[GRPC_PREFIX] == 0x08;
        String state = name(STATES, String.valueOf(isTold ? message[GRPC_PREFIX + 1] : 0));
        return state.equals("SERVING")
                ? Verdict.success("service healthy")
                : Verdict.failure("service unhealthy (responded with \"%s\")".formatted(state));
    }

    private static String name(List<String> names, String number) {
        try {
            int index = Integer.parseInt(number);
            return index >= 0 && index < names.size() ? names.get(index) : number;
        } catch (NumberFormatException none) {
            return number;
        }
    }

    /// One frame of HTTP/2.
    private record Frame(int type, int flags, byte[] payload) {

        static Frame read(DataInputStream in) throws IOException {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            in.readInt();
            if (length > LARGEST_FRAME) {
                throw new IOException("frame too large");
            }
            byte[] payload = new byte[length];
            in.readFully(payload);
            return new Frame(type, flags, payload);
        }

        boolean has(int flag) {
            return (flags & flag) != 0;
        }

        /// Without the padding and, of header fields, the priority.
        byte[] content() throws IOException {
            int from = 0;
            int to = payload.length;
            if (has(PADDED)) {
                from = 1;
                to -= payload[0] & 0xff;
            }
            if (type == HEADERS && has(PRIORITY)) {
                from += PRIORITY_BYTES;
            }
            if (from > to) {
                throw new IOException("malformed frame");
            }
            return Arrays.copyOfRange(payload, from, to);
        }
    }
}
