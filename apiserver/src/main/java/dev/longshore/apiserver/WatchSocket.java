package dev.longshore.apiserver;

import dev.longshore.http.Headers;
import dev.longshore.http.LineOutput;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.WebSocket;
import java.io.IOException;
import java.util.List;

/// A watch over a WebSocket, as many client libraries ask for it: each event is a message, of text or, in protobuf,
/// of bytes without the length that frames it elsewhere. Ends when the client closes.
final class WatchSocket {

    private WatchSocket() {}

    /// `answer`, or the same over a WebSocket if `request` asks for one and `answer` is a stream of events. The one
    /// subprotocol that may be offered means nothing, but clients want it named.
    static Response of(Request request, Response answer, Encoding encoding) {
        if (!WebSocket.wants(request) || !(answer instanceof Response.Stream stream)) {
            return answer;
        }
        List<String> offered = TokenProtocol.offered(request);
        return offered.size() > 1
                ? new Response.Full(400, Headers.EMPTY, new byte[0])
                : new Response.WebSocketUpgrade(
                        offered.stream().findFirst(), socket -> serve(socket, stream, encoding));
    }

    private static void serve(WebSocket socket, Response.Stream stream, Encoding encoding)
            throws IOException, InterruptedException {
        Thread watching = Thread.currentThread();
        Thread listening = Thread.ofVirtual().name("watch-socket").start(() -> awaitClose(socket, watching));
        try {
            // Go's encoder ends a line also where that is the end of a message.
            stream.body()
                    .writeTo(
                            encoding.isText()
                                    ? new LineOutput(line -> socket.sendText(line + '\n'))
                                    : new FrameOutput(socket::sendBinary));
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
