package dev.longshore.runtime.streaming;

import dev.longshore.http.Response;
import dev.longshore.http.WebSocket;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/// Port-forward in the older WebSocket protocol, which some client libraries speak: the query names the ports;
/// port number i has stream 2i for data and 2i+1 for errors, and each stream begins with the port's number in
/// two bytes, low byte first.
final class OldPortForwardSession implements Response.WebSocketSession {

    static final List<String> PROTOCOLS = List.of("v4.channel.k8s.io", "v4.base64.channel.k8s.io");

    private final Conversations.Forward forward;
    private final List<Integer> ports;

    OldPortForwardSession(Conversations.Forward forward, List<Integer> ports) {
        this.forward = forward;
        this.ports = List.copyOf(ports);
    }

    @Override
    public void serve(WebSocket socket) throws IOException, InterruptedException {
        boolean isBase64 = socket.subprotocol().orElse("").contains("base64");
        var inputs = new ArrayList<ChunkPipe>();
        var pumps = new ArrayList<Thread>();
        try {
            for (int i = 0; i < ports.size(); i++) {
                int port = ports.get(i);
                byte[] number = {(byte) port, (byte) (port >> 8)};
                var data = new Channel(socket, isBase64, 2 * i);
                var error = new Channel(socket, isBase64, 2 * i + 1);
                data.write(number);
                error.write(number);
                var input = new ChunkPipe();
                inputs.add(input);
                pumps.add(
                        Thread.ofVirtual().name("streaming-port-forward").start(() -> pump(port, input, data, error)));
            }
            for (var message = socket.receive(); message.isPresent(); message = socket.receive()) {
                byte[] payload = message.get().payload();
                int channel = payload.length == 0 ? -1 : isBase64 ? payload[0] - '0' : payload[0] & 0xff;
                if (channel < 0 || channel % 2 != 0 || channel / 2 >= inputs.size()) {
                    continue;
                }
                byte[] data = Arrays.copyOfRange(payload, 1, payload.length);
                inputs.get(channel / 2).put(isBase64 ? Base64.getDecoder().decode(data) : data);
            }
        } finally {
            pumps.forEach(Thread::interrupt);
        }
    }

    private void pump(int port, ChunkPipe input, OutputStream data, OutputStream error) {
        try {
            forward.forward(port, input, data);
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            try {
                error.write(("error forwarding port %d: %s".formatted(port, failure.getMessage()))
                        .getBytes(StandardCharsets.UTF_8));
            } catch (IOException gone) {
                // There is nobody to tell any more.
            }
        }
    }

    /// One stream towards the client.
    private static final class Channel extends OutputStream {
        private final WebSocket socket;
        private final boolean isBase64;
        private final int number;

        Channel(WebSocket socket, boolean isBase64, int number) {
            this.socket = socket;
            this.isBase64 = isBase64;
            this.number = number;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            try {
                if (isBase64) {
                    socket.sendText(number
                            + Base64.getEncoder().encodeToString(Arrays.copyOfRange(from, offset, offset + length)));
                    return;
                }
                byte[] message = new byte[length + 1];
                message[0] = (byte) number;
                System.arraycopy(from, offset, message, 1, length);
                socket.sendBinary(message);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted").initCause(interrupted);
            }
        }
    }
}
