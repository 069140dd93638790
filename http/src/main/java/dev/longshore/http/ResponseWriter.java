package dev.longshore.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Writes responses to one connection. Not thread-safe.
final class ResponseWriter {

    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final OutputStream out;

    ResponseWriter(OutputStream out) {
        this.out = out;
    }

    /// Writes a whole answer.
    void full(Response.Full response, boolean isHead, boolean keepsAlive) throws IOException {
        var head = head(response.status(), response.headers(), keepsAlive);
        boolean mayHaveBody = response.status() != NO_CONTENT && response.status() != NOT_MODIFIED;
        if (mayHaveBody) {
            boolean isAnnounced =
                    isHead && response.headers().first("Content-Length").isPresent();
            field(
                    head,
                    "Content-Length",
                    isAnnounced
                            ? response.headers().first("Content-Length").orElseThrow()
                            : String.valueOf(response.body().length));
        }
        send(head);
        if (mayHaveBody && !isHead) {
            out.write(response.body());
        }
        out.flush();
    }

    /// Writes the head of a streamed answer and returns where its body goes.
    BodyOutput stream(Response.Stream response, boolean isOldHttp, boolean keepsAlive) throws IOException {
        var head = head(response.status(), response.headers(), keepsAlive);
        var length = response.headers().first("Content-Length");
        boolean isChunked = length.isEmpty() && !isOldHttp;
        if (length.isPresent()) {
            field(head, "Content-Length", length.get());
        } else if (isChunked) {
            field(head, "Transfer-Encoding", "chunked");
        }
        send(head);
        out.flush();
        return new BodyOutput(out, isChunked);
    }

    /// Writes the head of an answer after which the connection is no longer HTTP; `headers` as they are.
    void upgrade(int status, Headers headers) throws IOException {
        var head = new StringBuilder(128).append(statusLine(status));
        headers.forEach((name, value) -> field(head, name, value));
        send(head);
        out.flush();
    }

    private static StringBuilder head(int status, Headers headers, boolean keepsAlive) {
        var head = new StringBuilder(256).append(statusLine(status));
        headers.forEach((name, value) -> {
            if (!isFraming(name)) {
                field(head, name, value);
            }
        });
        if (!keepsAlive) {
            field(head, "Connection", "close");
        }
        return head;
    }

    private static boolean isFraming(String name) {
        return name.equalsIgnoreCase("Content-Length")
                || name.equalsIgnoreCase("Transfer-Encoding")
                || name.equalsIgnoreCase("Connection");
    }

    private static String statusLine(int status) {
        return "HTTP/1.1 " + status + " " + StatusText.of(status) + "\r\n";
    }

    /// A line break in a value would let whoever controls it write fields of their own.
    private static void field(StringBuilder head, String name, String value) {
        head.append(name)
                .append(": ")
                .append(value.replace('\r', ' ').replace('\n', ' '))
                .append("\r\n");
    }

    private void send(StringBuilder head) throws IOException {
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }
}
