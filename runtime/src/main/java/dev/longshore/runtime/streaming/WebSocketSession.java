package dev.longshore.runtime.streaming;

import dev.longshore.http.Response;
import dev.longshore.http.WebSocket;
import dev.longshore.runtime.Streams;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Exec and attach over a WebSocket: the first byte of each message (or, in the base64 protocols, its first
/// character) names the stream.
final class WebSocketSession implements Response.WebSocketSession {

    static final List<String> PROTOCOLS = List.of(
            "v5.channel.k8s.io",
            "v4.channel.k8s.io",
            "v4.base64.channel.k8s.io",
            "channel.k8s.io",
            "base64.channel.k8s.io");
    private static final int STDIN = 0;
    private static final int STDOUT = 1;
    private static final int STDERR = 2;
    private static final int ERROR = 3;
    private static final int RESIZE = 4;
    private static final int CLOSE = 255;

    private final StreamOptions options;
    private final RemoteSession session;

    WebSocketSession(StreamOptions options, RemoteSession session) {
        this.options = options;
        this.session = session;
    }

    @Override
    public void serve(WebSocket socket) throws IOException, InterruptedException {
        String protocol = socket.subprotocol().orElse("channel.k8s.io");
        boolean isBase64 = protocol.contains("base64");
        boolean hasStatus = protocol.startsWith("v4") || protocol.startsWith("v5");
        var stdin = new ChunkPipe();
        var sizes = new Sizes();
        Thread main = Thread.currentThread();
        // An empty message on the lowest stream tells the client that the connection stands.
        send(socket, isBase64, options.stdout() ? STDOUT : options.stderr() ? STDERR : ERROR, new byte[0]);
        Thread reader = Thread.ofVirtual().name("streaming-websocket-reader").start(() -> {
            boolean left = receive(socket, isBase64, protocol.startsWith("v5"), stdin, sizes);
            if (left) {
                main.interrupt();
            }
        });
        try {
            ExitReport report = ExitReport.of(
                    session,
                    new Streams.Stdio(
                            options.stdin() ? Optional.of(stdin) : Optional.empty(),
                            output(socket, isBase64, STDOUT, options.stdout()),
                            output(socket, isBase64, STDERR, options.stderr())),
                    options.tty() ? sizes : Optional::empty);
            byte[] last = hasStatus ? report.status() : report.words();
            if (last.length > 0) {
                send(socket, isBase64, ERROR, last);
            }
            socket.close(1000, "");
        } finally {
            reader.interrupt();
        }
    }

    /// True when the client has gone away.
    private boolean receive(WebSocket socket, boolean isBase64, boolean hasClose, ChunkPipe stdin, Sizes sizes) {
        try {
            for (var message = socket.receive(); message.isPresent(); message = socket.receive()) {
                byte[] payload = message.get().payload();
                if (payload.length == 0) {
                    continue;
                }
                int channel = isBase64 ? payload[0] - '0' : payload[0] & 0xff;
                byte[] data = Arrays.copyOfRange(payload, 1, payload.length);
                if (hasClose && channel == CLOSE) {
                    if (data.length > 0 && data[0] == STDIN) {
                        stdin.end();
                    }
                    continue;
                }
                data = isBase64 ? Base64.getDecoder().decode(data) : data;
                switch (channel) {
                    case STDIN -> {
                        if (options.stdin()) {
                            stdin.put(data);
                        }
                    }
                    case RESIZE -> sizes.put(data);
                    default -> {
                        // Clients have nothing to say on the other streams.
                    }
                }
            }
            return true;
        } catch (IOException | IllegalArgumentException broken) {
            return true;
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Optional<OutputStream> output(WebSocket socket, boolean isBase64, int channel, boolean wanted) {
        return wanted
                ? Optional.of(new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        write(new byte[] {(byte) b}, 0, 1);
                    }

                    @Override
                    public void write(byte[] from, int offset, int length) throws IOException {
                        if (length > 0) {
                            send(socket, isBase64, channel, Arrays.copyOfRange(from, offset, offset + length));
                        }
                    }
                })
                : Optional.empty();
    }

    private static void send(WebSocket socket, boolean isBase64, int channel, byte[] data) throws IOException {
        try {
            if (isBase64) {
                socket.sendText(channel + Base64.getEncoder().encodeToString(data));
                return;
            }
            byte[] message = new byte[data.length + 1];
            message[0] = (byte) channel;
            System.arraycopy(data, 0, message, 1, data.length);
            socket.sendBinary(message);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(interrupted);
        }
    }

    /// What to say to a client that wants none of [#PROTOCOLS].
    static byte[] refusal() {
        return ("unable to upgrade: supported protocols are " + PROTOCOLS).getBytes(StandardCharsets.UTF_8);
    }
}
