package dev.longshore.apiserver;

import dev.longshore.base.BlockOutput;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.WebSocket;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// A text that a back end answers (a log), told to a WebSocket client: a message for each piece, after an empty one
/// that says that it begins. Clients say nothing, but may leave.
///
/// @param body the text
record TextOverWebSocket(Response.Body body) implements Response.WebSocketSession {

    /// As it is, and for those who cannot take bytes.
    static final List<String> PROTOCOLS = List.of("binary.k8s.io", "base64.binary.k8s.io");

    /// The same request without a word of WebSockets.
    static Headers plain(Request request) {
        Headers headers = request.headers().without("Connection").without("Upgrade");
        for (String name : List.of("Key", "Version", "Protocol", "Extensions")) {
            headers = headers.without("Sec-WebSocket-" + name);
        }
        return headers;
    }

    @Override
    public void serve(WebSocket socket) throws IOException, InterruptedException {
        boolean isBase64 =
                socket.subprotocol().filter(PROTOCOLS.getLast()::equals).isPresent();
        Thread main = Thread.currentThread();
        Thread reader = Thread.ofVirtual().name("log-websocket-reader").start(() -> awaitDeparture(socket, main));
        try {
            send(socket, isBase64, new byte[0]);
            body.writeTo(new BlockOutput() {
                @Override
                public void write(byte[] from, int offset, int length) throws IOException {
                    send(socket, isBase64, Arrays.copyOfRange(from, offset, offset + length));
                }
            });
            socket.close(1000, "");
        } finally {
            reader.interrupt();
        }
    }

    private static void awaitDeparture(WebSocket socket, Thread main) {
        try {
            Optional<WebSocket.Message> next = socket.receive();
            while (next.isPresent()) {
                next = socket.receive();
            }
            main.interrupt();
        } catch (IOException gone) {
            main.interrupt();
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(WebSocket socket, boolean isBase64, byte[] bytes) throws IOException {
        try {
            if (isBase64) {
                socket.sendText(Base64.getEncoder().encodeToString(bytes));
            } else {
                socket.sendBinary(bytes);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(interrupted);
        }
    }
}
