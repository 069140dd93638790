package dev.longshore.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// The server answered a WebSocket handshake with something else.
public final class WebSocketRefusedException extends IOException {

    private final int status;
    private final byte[] body;

    WebSocketRefusedException(int status, byte[] body) {
        super("status " + status + ": " + new String(body, StandardCharsets.UTF_8).strip());
        this.status = status;
        this.body = body.clone();
    }

    /// What it answered.
    public int status() {
        return status;
    }

    /// The beginning of the answer's body.
    public byte[] body() {
        return body.clone();
    }
}
