package dev.longshore.http;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// One end of a WebSocket, server or client side. One thread may receive while others send; sends are
/// serialised.
public interface WebSocket {

    /// The next whole message (fragments joined, pings answered); empty when the peer closed in order.
    ///
    /// @throws IOException when the connection broke, or a message is over the size limit (16 MiB)
    Optional<Message> receive() throws IOException, InterruptedException;

    /// Sends one binary message; blocks while the peer is slow.
    void sendBinary(byte[] payload) throws IOException, InterruptedException;

    /// Sends one text message.
    void sendText(String payload) throws IOException, InterruptedException;

    /// Sends a ping, which keeps idle connections open.
    void ping() throws IOException, InterruptedException;

    /// Closes in order; later calls do nothing.
    void close(int code, String reason);

    /// The agreed subprotocol.
    Optional<String> subprotocol();

    /// A whole message.
    record Message(boolean isText, byte[] payload) {}

    /// True if `request` asks for a WebSocket.
    static boolean wants(Request request) {
        return request.headers().hasToken("Upgrade", "websocket")
                && request.headers().hasToken("Connection", "Upgrade");
    }

    /// The first of `offered by the client` that `supported` holds, in the client's order.
    static Optional<String> choose(Request request, List<String> supported) {
        for (String line : request.headers().all("Sec-WebSocket-Protocol")) {
            for (String offer : line.split(",", -1)) {
                if (supported.contains(offer.strip())) {
                    return Optional.of(offer.strip());
                }
            }
        }
        return Optional.empty();
    }
}
