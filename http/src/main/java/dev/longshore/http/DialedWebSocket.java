package dev.longshore.http;

import dev.longshore.base.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// The client end of a WebSocket, which owns its connection: it drops it when the closing handshake is over, or
/// when the server does not answer the close in time.
final class DialedWebSocket implements WebSocket {

    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Upgraded connection;
    private final FramedWebSocket frames;
    private final Time time;

    DialedWebSocket(Upgraded connection, Optional<String> subprotocol, Time time) {
        this.connection = connection;
        this.frames = new FramedWebSocket(connection.in(), connection.out(), true, subprotocol);
        this.time = time;
    }

    @Override
    public Optional<Message> receive() throws IOException {
        try {
            Optional<Message> message = frames.receive();
            if (message.isEmpty()) {
                connection.close();
            }
            return message;
        } catch (IOException broken) {
            connection.close();
            throw broken;
        }
    }

    @Override
    public void sendBinary(byte[] payload) throws IOException {
        frames.sendBinary(payload);
    }

    @Override
    public void sendText(String payload) throws IOException {
        frames.sendText(payload);
    }

    @Override
    public void ping() throws IOException {
        frames.ping();
    }

    @Override
    public void close(int code, String reason) {
        frames.close(code, reason);
        time.schedule(LAST_WORDS, connection::close);
    }

    @Override
    public Optional<String> subprotocol() {
        return frames.subprotocol();
    }
}
