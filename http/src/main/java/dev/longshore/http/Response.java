package dev.longshore.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What a [Handler] answers.
public sealed interface Response {

    /// The status code.
    int status();

    /// The header fields; framing fields (Content-Length, Transfer-Encoding, Connection) are the server's own
    /// affair, except Content-Length on a [Stream] whose length is known.
    Headers headers();

    /// A whole answer in memory.
    record Full(int status, Headers headers, byte[] body) implements Response {}

    /// An answer written piece by piece. The server calls `body` on the request's thread after it has sent the
    /// head; what is written is sent when flushed or when a buffer is full; writing blocks while the peer is
    /// slow and throws [IOException] when it is gone.
    record Stream(int status, Headers headers, Body body) implements Response {}

    /// Ends HTTP on this connection: sends `status` (101, or 200 as old Docker clients want) with `headers` as
    /// given, then hands both directions of the raw connection to `session`; the connection closes when it
    /// returns. HTTP/1.1 only.
    record Hijack(int status, Headers headers, Session session) implements Response {}

    /// Accepts a WebSocket (RFC 6455). The server has checked nothing: use [WebSocket#wants(Request)] before.
    record WebSocketUpgrade(Optional<String> subprotocol, WebSocketSession session) implements Response {
        @Override
        public int status() {
            return 101;
        }

        @Override
        public Headers headers() {
            return Headers.EMPTY;
        }
    }

    /// Accepts SPDY/3.1 (`Upgrade: SPDY/3.1`), with `headers` (such as X-Stream-Protocol-Version) on the 101.
    record SpdyUpgrade(Headers headers, SpdySession session) implements Response {
        @Override
        public int status() {
            return 101;
        }
    }

    /// Writes a streamed body.
    @FunctionalInterface
    interface Body {
        /// Writes all of it; need not flush or close at the end.
        void writeTo(OutputStream out) throws IOException, InterruptedException;
    }

    /// Talks over a hijacked connection.
    @FunctionalInterface
    interface Session {
        /// Serves until done. `in` ends when the peer half-closes; closing `out` half-closes our side.
        void serve(InputStream in, OutputStream out) throws IOException, InterruptedException;
    }

    /// Talks over a WebSocket.
    @FunctionalInterface
    interface WebSocketSession {
        /// Serves until done; the socket is closed with code 1000 when it returns and 1011 when it throws.
        void serve(WebSocket socket) throws IOException, InterruptedException;
    }

    /// Talks over a SPDY connection.
    @FunctionalInterface
    interface SpdySession {
        /// Serves until done; the connection is closed when it returns.
        void serve(SpdyConnection connection) throws IOException, InterruptedException;
    }

    /// Plain text, UTF-8.
    static Full text(int status, String body) {
        return new Full(
                status, Headers.of("Content-Type", "text/plain; charset=utf-8"), body.getBytes(StandardCharsets.UTF_8));
    }

    /// JSON bytes.
    static Full json(int status, byte[] body) {
        return new Full(status, Headers.of("Content-Type", "application/json"), body);
    }
}
