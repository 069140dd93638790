package dev.longshore.http;

import dev.longshore.base.BlockInput;
import dev.longshore.base.BlockOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/// SPDY/3.1 through a WebSocket, as kubectl does for port-forward: binary messages carry the bytes of the
/// connection, cut anywhere.
public final class SpdyOverWebSocket {

    /// The subprotocol by which clients ask for it.
    public static final String SUBPROTOCOL = "SPDY/3.1+portforward.k8s.io";

    private SpdyOverWebSocket() {}

    /// The server end of the SPDY connection inside `socket`. Closing it leaves the socket open; the socket has
    /// to close for its reading thread to end.
    public static SpdyConnection serve(WebSocket socket) {
        return FramedSpdyConnection.start(new Messages(socket), new Sender(socket));
    }

    private static final class Messages extends BlockInput {

        private final WebSocket socket;
        private byte[] current = new byte[0];
        private int offset;

        Messages(WebSocket socket) {
            this.socket = socket;
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
            while (offset == current.length) {
                Optional<WebSocket.Message> message = receive();
                if (message.isEmpty()) {
                    return -1;
                }
                current = message.get().payload();
                offset = 0;
            }
            int count = Math.min(length, current.length - offset);
            System.arraycopy(current, offset, target, from, count);
            offset += count;
            return count;
        }

        private Optional<WebSocket.Message> receive() throws IOException {
            try {
                return socket.receive();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", interrupted);
            }
        }
    }

    private static final class Sender extends BlockOutput {

        private final WebSocket socket;

        Sender(WebSocket socket) {
            this.socket = socket;
        }

        @Override
        public void write(byte[] source, int from, int length) throws IOException {
            try {
                socket.sendBinary(Arrays.copyOfRange(source, from, from + length));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", interrupted);
            }
        }
    }
}
