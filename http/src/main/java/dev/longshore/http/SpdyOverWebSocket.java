package dev.longshore.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;

/// SPDY/3.1 inside the binary messages of a WebSocket, as `SPDY/3.1+portforward.k8s.io` has it.
public final class SpdyOverWebSocket {

    private SpdyOverWebSocket() {}

    /// The server end of the tunnel through `socket`.
    public static SpdyConnection serve(WebSocket socket) {
        var connection = new SpdyServerConnection(new In(socket), new Out(socket));
        connection.start();
        return connection;
    }

    private static final class In extends InputStream {
        private final WebSocket socket;
        private byte[] message = new byte[0];
        private int position;

        In(WebSocket socket) {
            this.socket = socket;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            while (position == message.length) {
                try {
                    Optional<WebSocket.Message> next = socket.receive();
                    if (next.isEmpty()) {
                        return -1;
                    }
                    message = next.get().payload();
                    position = 0;
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted", interrupted);
                }
            }
            int count = Math.min(length, message.length - position);
            System.arraycopy(message, position, into, offset, count);
            position += count;
            return count;
        }
    }

    private static final class Out extends OutputStream {
        private final WebSocket socket;

        Out(WebSocket socket) {
            this.socket = socket;
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            try {
                socket.sendBinary(Arrays.copyOfRange(from, offset, offset + length));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", interrupted);
            }
        }
    }
}
