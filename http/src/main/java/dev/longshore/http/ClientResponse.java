package dev.longshore.http;

import java.io.IOException;
import java.io.InputStream;

/// What a server answered. Closing it before the body's end drops the connection, which also tells the server
/// to stop.
public final class ClientResponse implements AutoCloseable {

    private final int status;
    private final Headers headers;
    private final InputStream body;

    ClientResponse(int status, Headers headers, InputStream body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /// The status code.
    public int status() {
        return status;
    }

    /// The header fields.
    public Headers headers() {
        return headers;
    }

    /// The body, without transfer coding; read by blocking.
    public InputStream body() {
        return body;
    }

    /// The whole body, at most `limit` bytes of it.
    public byte[] bytes(int limit) throws IOException {
        byte[] bytes = body.readNBytes(limit);
        if (bytes.length == limit && body.read() >= 0) {
            throw new IOException("the answer is over " + limit + " bytes");
        }
        return bytes;
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException gone) {
            // The connection is given up anyway.
        }
    }
}
