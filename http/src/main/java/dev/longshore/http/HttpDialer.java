package dev.longshore.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Calls one HTTP/1.1 server, over TCP, TLS or a unix socket, by blocking: use it on virtual threads, where
/// interrupting the caller ends its exchange. Keeps a few idle connections. Thread-safe.
public final class HttpDialer implements AutoCloseable {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final Duration UPGRADE_LIMIT = Duration.ofMinutes(1);
    private static final int MOST_IDLE = 8;
    private static final int REFUSAL_BYTES = 64 << 10;

    /// What may be sent again when a kept connection turns out to be dead.
    private static final Set<String> REPEATABLE = Set.of("GET", "HEAD", "OPTIONS", "DELETE");

    private final String host;
    private final Connector connector;
    private final Deque<Kept> idle = new ArrayDeque<>();
    private boolean isClosed;

    private HttpDialer(String host, Connector connector) {
        this.host = host;
        this.connector = connector;
    }

    /// Whom to believe and what to show.
    ///
    /// @param authorities who may vouch for the server; empty for anybody, without any check
    /// @param serverName what the server's certificate must say; the host that is dialled when empty
    public record Tls(List<X509Certificate> authorities, Optional<TlsIdentity> identity, Optional<String> serverName) {
        public Tls {
            authorities = List.copyOf(authorities);
        }
    }

    /// A request.
    ///
    /// @param target path and query, encoded
    /// @param body what to send, or null for none
    /// @param length of the body, or -1 when unknown
    /// @param isRepeatable whether it may be sent again, its body from the beginning, when a kept connection turns
    /// out to be dead
    public record Call(
            String method, String target, Headers headers, InputStream body, long length, boolean isRepeatable) {

        /// One that is sent on a new connection, if it has a body or changes something.
        public Call(String method, String target, Headers headers, InputStream body, long length) {
            this(method, target, headers, body, length, body == null && REPEATABLE.contains(method));
        }

        /// With a body from memory, which means the same when it comes twice.
        public static Call repeatable(String method, String target, Headers headers, byte[] body) {
            return new Call(method, target, headers, new java.io.ByteArrayInputStream(body), body.length, true);
        }

        /// Without a body.
        public static Call of(String method, String target, Headers headers) {
            return new Call(method, target, headers, null, 0);
        }

        /// With a body from memory.
        public static Call of(String method, String target, Headers headers, byte[] body) {
            return new Call(method, target, headers, new java.io.ByteArrayInputStream(body), body.length);
        }
    }

    /// An answer. Close it when its body was not read to the end.
    public record Answer(int status, Headers headers, InputStream body) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            body.close();
        }

        /// The whole body as text.
        public String text() throws IOException {
            try (body) {
                return new String(body.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }

    /// What became of a connection that was to be upgraded: raw bytes if `status` is 101 or 200 with `Upgrade`,
    /// else `in` is the refusal's body.
    public record Upgraded(int status, Headers headers, InputStream in, OutputStream out, Runnable closing)
            implements AutoCloseable {

        /// True if the server agreed.
        public boolean isUpgraded() {
            return status == 101;
        }

        @Override
        public void close() {
            closing.run();
        }
    }

    /// Plain HTTP to `host`:`port`.
    public static HttpDialer tcp(String host, int port) {
        return new HttpDialer(authority(host, port), () -> {
            Socket socket = Wire.connect(host, port, CONNECT_LIMIT);
            return Wire.of(socket);
        });
    }

    /// HTTP over TLS to `host`:`port`.
    public static HttpDialer tls(String host, int port, Tls tls) {
        return tls(host, port, TlsClient.of(tls));
    }

    /// The same, for one of many connections.
    public static HttpDialer tls(String host, int port, TlsClient tls) {
        return new HttpDialer(authority(host, port), new TlsConnector(host, port, tls));
    }

    /// HTTP to a unix socket.
    public static HttpDialer unix(Path socketFile) {
        return new HttpDialer("localhost", () -> Wire.connect(socketFile));
    }

    /// Sends a request and returns the answer's head with its body still to be read; `limit` is how long the
    /// server may be silent, zero for ever.
    ///
    /// @throws IOException when there is no server, or it left
    public Answer exchange(Call call, Duration limit) throws IOException {
        if (call.isRepeatable) {
            for (Optional<Kept> kept = takeIdle(); kept.isPresent(); kept = takeIdle()) {
                try {
                    return exchange(kept.get(), call, limit);
                } catch (StaleException dead) {
                    kept.get().wire.close();
                    rewind(call);
                }
            }
        }
        try {
            Object era = connector.era();
            return exchange(new Kept(connector.connect(), era), call, limit);
        } catch (StaleException closed) {
            throw new IOException("the server hung up", closed.getCause());
        }
    }

    private static void rewind(Call call) throws IOException {
        if (call.body != null) {
            call.body.reset();
        }
    }

    /// Sends a request for an upgrade (its headers say to what) on a connection of its own.
    public Upgraded upgrade(Call call) throws IOException {
        Wire wire = connector.connect();
        try {
            wire.readLimit(UPGRADE_LIMIT);
            RequestWriter.send(wire, host, call);
            ResponseHead head = ResponseHead.read(wire.in());
            wire.readLimit(Duration.ZERO);
            if (head.status() == 101) {
                return new Upgraded(101, head.headers(), wire.in(), new WireOutput(wire), wire::close);
            }
            InputStream refusal = head.body(call.method, wire.in(), _ -> wire.close());
            return new Upgraded(head.status(), head.headers(), refusal, OutputStream.nullOutputStream(), wire::close);
        } catch (IOException | RuntimeException failed) {
            wire.close();
            throw failed;
        }
    }

    /// Opens a WebSocket; the caller closes the connection by closing `Opened`.
    ///
    /// @throws WebSocketRefusedException when the server answers otherwise
    public Opened webSocket(String target, Headers headers, List<String> subprotocols) throws IOException {
        byte[] nonce = new byte[16];
        new SecureRandom().nextBytes(nonce);
        String key = Base64.getEncoder().encodeToString(nonce);
        Headers all = headers.with("Connection", "Upgrade")
                .with("Upgrade", "websocket")
                .with("Sec-WebSocket-Version", "13")
                .with("Sec-WebSocket-Key", key);
        if (!subprotocols.isEmpty()) {
            all = all.with("Sec-WebSocket-Protocol", String.join(", ", subprotocols));
        }
        Upgraded upgraded = upgrade(Call.of("GET", target, all));
        if (!upgraded.isUpgraded()) {
            try (upgraded) {
                throw new WebSocketRefusedException(
                        upgraded.status(), upgraded.in().readNBytes(REFUSAL_BYTES));
            }
        }
        if (!upgraded.headers().first("Sec-WebSocket-Accept").equals(Optional.of(Upgrades.accept(key)))) {
            upgraded.close();
            throw new IOException("the server does not speak WebSocket");
        }
        Optional<String> agreed =
                upgraded.headers().first("Sec-WebSocket-Protocol").map(String::strip);
        return new Opened(new FramedWebSocket(upgraded.in(), upgraded.out(), true, agreed), upgraded);
    }

    /// An open WebSocket and its connection.
    public record Opened(WebSocket socket, Upgraded connection) implements AutoCloseable {
        @Override
        public void close() {
            socket.close(1000, "");
            connection.close();
        }
    }

    /// Drops idle connections; those in use go on.
    @Override
    public synchronized void close() {
        isClosed = true;
        idle.forEach(kept -> kept.wire.close());
        idle.clear();
    }

    private Answer exchange(Kept kept, Call call, Duration limit) throws IOException {
        Wire wire = kept.wire;
        try {
            wire.readLimit(limit);
            RequestWriter.Sending sending = send(wire, call);
            ResponseHead head = head(wire, sending);
            InputStream body = head.body(call.method, wire.in(), isReusable -> {
                if (isReusable && sending.isDone()) {
                    keep(kept);
                } else {
                    wire.close();
                }
            });
            return new Answer(head.status(), head.headers(), body);
        } catch (IOException | RuntimeException failed) {
            wire.close();
            throw failed;
        }
    }

    private RequestWriter.Sending send(Wire wire, Call call) throws IOException {
        try {
            return RequestWriter.send(wire, host, call);
        } catch (RequestWriter.SourceException broken) {
            throw broken;
        } catch (IOException broken) {
            throw new StaleException(broken);
        }
    }

    private static ResponseHead head(Wire wire, RequestWriter.Sending sending) throws IOException {
        try {
            return ResponseHead.read(wire.in());
        } catch (IOException broken) {
            sending.rethrow();
            throw broken instanceof EOFException ? new StaleException(broken) : broken;
        }
    }

    private synchronized Optional<Kept> takeIdle() {
        Object era = connector.era();
        for (Kept kept = idle.pollLast(); kept != null; kept = idle.pollLast()) {
            if (kept.era == era) {
                return Optional.of(kept);
            }
            kept.wire.close();
        }
        return Optional.empty();
    }

    private synchronized void keep(Kept kept) {
        if (isClosed || idle.size() >= MOST_IDLE) {
            kept.wire.close();
        } else {
            idle.addLast(kept);
        }
    }

    private static String authority(String host, int port) {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    private interface Connector {
        Wire connect() throws IOException;

        /// Another object when connections that were made before should no longer be used.
        default Object era() {
            return HttpDialer.class;
        }
    }

    /// @param era when it was made
    private record Kept(Wire wire, Object era) {}

    private record TlsConnector(String host, int port, TlsClient tls) implements Connector {
        @Override
        public Object era() {
            return tls.context();
        }

        @Override
        public Wire connect() throws IOException {
            Socket socket = Wire.connect(host, port, CONNECT_LIMIT);
            try {
                var carrier = new RecordSocket(socket);
                var secure = (SSLSocket)
                        tls.context().getSocketFactory().createSocket(carrier, tls.serverName(host), port, true);
                SSLParameters parameters = secure.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {"http/1.1"});
                if (tls.isChecked()) {
                    parameters.setEndpointIdentificationAlgorithm("HTTPS");
                }
                secure.setSSLParameters(parameters);
                socket.setSoTimeout((int) CONNECT_LIMIT.toMillis());
                secure.startHandshake();
                socket.setSoTimeout(0);
                return Wire.of(secure, carrier);
            } catch (IOException | RuntimeException refused) {
                socket.close();
                throw refused;
            }
        }
    }

    /// The connection was closed before the first byte of an answer.
    private static final class StaleException extends IOException {
        StaleException(IOException cause) {
            super(cause);
        }
    }
}
