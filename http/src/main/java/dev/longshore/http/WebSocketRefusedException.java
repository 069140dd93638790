package dev.longshore.http;

import java.io.IOException;

/// The server answered a WebSocket handshake with something else.
public final class WebSocketRefusedException extends IOException {

    private final int status;
    private final byte[] body;

    WebSocketRefusedException(int status, byte[] body) {
        super("the server refused the WebSocket with status " + status);
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
