package dev.longshore.apiserver;

import dev.longshore.http.LineOutput;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.WebSocket;
import java.io.IOException;
import java.util.Optional;

/// A watch over a WebSocket, as many client libraries ask for it: each event, which is a line of the streamed
/// form, is a text message. Ends when the client closes.
final class WatchSocket {

    private WatchSocket() {}

    /// `answer`, or the same over a WebSocket if `request` asks for one and `answer` is a stream of events.
    static Response of(Request request, Response answer) {
        return WebSocket.wants(request) && answer instanceof Response.Stream stream
                ? new Response.WebSocketUpgrade(Optional.empty(), socket -> serve(socket, stream))
                : answer;
    }

    private static void serve(WebSocket socket, Response.Stream stream) throws IOException, InterruptedException {
        Thread watching = Thread.currentThread();
        Thread listening = Thread.ofVirtual().name("watch-socket").start(() -> awaitClose(socket, watching));
        try {
            stream.body().writeTo(new LineOutput(socket::sendText));
        } catch (InterruptedException left) {
            // The client has closed, or the server ends: the socket is closed in order either way.
            return;
        } finally {
            listening.interrupt();
        }
    }

    private static void awaitClose(WebSocket socket, Thread watching) {
        try {
            while (socket.receive().isPresent()) {
                continue;
            }
            watching.interrupt();
        } catch (IOException gone) {
            watching.interrupt();
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }
}
