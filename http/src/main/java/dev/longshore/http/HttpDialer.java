package dev.longshore.http;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
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
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Calls one HTTP/1.1 server, over TCP, TLS or a unix socket, by blocking. Keeps a few idle connections.
/// Thread-safe.
public final class HttpDialer implements AutoCloseable {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final int MOST_IDLE = 8;
    private static final int BUFFER = 16 << 10;

    private final String host;
    private final Connector connector;
    private final Deque<Line> idle = new ArrayDeque<>();
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
    public record Call(String method, String target, Headers headers, InputStream body, long length) {

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
        return new HttpDialer(host + ":" + port, () -> {
            Socket socket = connect(host, port);
            return Wire.of(socket, socket);
        });
    }

    /// HTTP over TLS to `host`:`port`.
    public static HttpDialer tls(String host, int port, Tls tls) {
        SSLContext context = tls.authorities.isEmpty()
                ? TlsContexts.believingEverybody(tls.identity)
                : TlsContexts.of(tls.identity, tls.authorities);
        String name = tls.serverName.orElse(host);
        return new HttpDialer(host + ":" + port, () -> {
            Socket socket = connect(host, port);
            try {
                var secure = (SSLSocket) context.getSocketFactory().createSocket(socket, name, port, true);
                if (!tls.authorities.isEmpty()) {
                    SSLParameters parameters = secure.getSSLParameters();
                    parameters.setEndpointIdentificationAlgorithm("HTTPS");
                    secure.setSSLParameters(parameters);
                }
                secure.setSoTimeout((int) CONNECT_LIMIT.toMillis());
                secure.startHandshake();
                secure.setSoTimeout(0);
                return Wire.of(secure, socket);
            } catch (IOException refused) {
                socket.close();
                throw refused;
            }
        });
    }

    /// HTTP to a unix socket.
    public static HttpDialer unix(Path socketFile) {
        return new HttpDialer("localhost", () -> Wire.of(SocketChannel.open(UnixDomainSocketAddress.of(socketFile))));
    }

    /// Sends a request and returns the answer's head with its body still to be read; `limit` is how long the
    /// server may be silent, zero for ever.
    ///
    /// @throws IOException when there is no server, or it left
    public Answer exchange(Call call, Duration limit) throws IOException {
        Optional<Line> kept = call.body == null ? takeIdle() : Optional.empty();
        if (kept.isPresent()) {
            try {
                return exchange(kept.get(), call, limit);
            } catch (IOException stale) {
                kept.get().wire.close();
            }
        }
        Line line = new Line(connector.connect());
        try {
            return exchange(line, call, limit);
        } catch (IOException failed) {
            line.wire.close();
            throw failed;
        }
    }

    /// Sends a request for an upgrade (its headers say to what) on a connection of its own.
    public Upgraded upgrade(Call call) throws IOException {
        Line line = new Line(connector.connect());
        try {
            send(line, call);
            MessageHead head = answerHead(line);
            int status = status(head);
            InputStream in = status == 101 ? line.in : BodyInput.of(line.in, head.headers(), true, BodyInput.NOTHING);
            return new Upgraded(status, head.headers(), in, new HalfClosing(line), line.wire::close);
        } catch (IOException failed) {
            line.wire.close();
            throw failed;
        }
    }

    /// Opens a WebSocket; the caller closes the connection by closing `Opened`.
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
                throw new IOException("status " + upgraded.status() + ": "
                        + new String(upgraded.in().readNBytes(4096), StandardCharsets.UTF_8).strip());
            }
        }
        if (!upgraded.headers().first("Sec-WebSocket-Accept").equals(Optional.of(FramedWebSocket.accept(key)))) {
            upgraded.close();
            throw new IOException("the server does not speak WebSocket");
        }
        Optional<String> agreed = upgraded.headers().first("Sec-WebSocket-Protocol");
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
        idle.forEach(line -> line.wire.close());
        idle.clear();
    }

    private Answer exchange(Line line, Call call, Duration limit) throws IOException {
        line.wire.readLimit(limit);
        send(line, call);
        MessageHead head = answerHead(line);
        int status = status(head);
        boolean hasNoBody = call.method.equals("HEAD") || status == 204 || status == 304;
        BodyInput body = hasNoBody
                ? BodyInput.of(line.in, Headers.EMPTY, false, BodyInput.NOTHING)
                : BodyInput.of(line.in, head.headers(), true, BodyInput.NOTHING);
        boolean isKept = head.keepsAlive(head.line().split(" ", 2)[0])
                && (hasNoBody
                        || head.headers().first("Content-Length").isPresent()
                        || head.headers().hasToken("Transfer-Encoding", "chunked"));
        var released = new Released(this, line, body, isKept);
        if (body.isDone()) {
            released.close();
        }
        return new Answer(status, head.headers(), released);
    }

    private void send(Line line, Call call) throws IOException {
        var head = new StringBuilder(256)
                .append(call.method)
                .append(' ')
                .append(call.target)
                .append(" HTTP/1.1\r\n");
        if (call.headers.first("Host").isEmpty()) {
            head.append("Host: ").append(host).append("\r\n");
        }
        call.headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        boolean isChunked = call.body != null && call.length < 0;
        if (isChunked) {
            head.append("Transfer-Encoding: chunked\r\n");
        } else if (call.body != null) {
            head.append("Content-Length: ").append(call.length).append("\r\n");
        } else if (!call.method.equals("GET") && !call.method.equals("HEAD")) {
            head.append("Content-Length: 0\r\n");
        }
        line.out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        if (call.body != null) {
            var body = new BodyOutput(line.out, isChunked);
            call.body.transferTo(body);
            body.end();
        }
        line.out.flush();
    }

    private static MessageHead answerHead(Line line) throws IOException {
        MessageHead head = MessageHead.read(line.in).orElseThrow(() -> new IOException("the server hung up"));
        while (status(head) == 100) {
            head = MessageHead.read(line.in).orElseThrow(() -> new IOException("the server hung up"));
        }
        return head;
    }

    private static int status(MessageHead head) throws IOException {
        String[] words = head.line().split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/") || !words[1].matches("\\d{3}")) {
            throw new IOException("the server does not speak HTTP");
        }
        return Integer.parseInt(words[1]);
    }

    private synchronized Optional<Line> takeIdle() {
        return Optional.ofNullable(idle.pollLast());
    }

    private synchronized void keep(Line line) {
        if (isClosed || idle.size() >= MOST_IDLE) {
            line.wire.close();
        } else {
            idle.addLast(line);
        }
    }

    private static Socket connect(String host, int port) throws IOException {
        var socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), (int) CONNECT_LIMIT.toMillis());
            socket.setTcpNoDelay(true);
            return socket;
        } catch (IOException refused) {
            socket.close();
            throw new IOException("cannot connect to " + host + ":" + port + ": " + refused.getMessage(), refused);
        }
    }

    private interface Connector {
        Wire connect() throws IOException;
    }

    private static final class Line {
        private final Wire wire;
        private final InputStream in;
        private final OutputStream out;

        Line(Wire wire) throws IOException {
            this.wire = wire;
            this.in = new PeekableInput(wire.in());
            this.out = new BufferedOutputStream(wire.out(), BUFFER);
        }
    }

    /// A body whose end, or closing, gives the connection back.
    private static final class Released extends InputStream {
        private final HttpDialer dialer;
        private final Line line;
        private final BodyInput body;
        private final boolean isKept;
        private boolean isReleased;

        Released(HttpDialer dialer, Line line, BodyInput body, boolean isKept) {
            this.dialer = dialer;
            this.line = line;
            this.body = body;
            this.isKept = isKept;
        }

        @Override
        public int read() throws IOException {
            int octet = body.read();
            releaseIfDone();
            return octet;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = body.read(into, offset, length);
            releaseIfDone();
            return count;
        }

        @Override
        public void close() {
            if (!isReleased) {
                isReleased = true;
                if (isKept && body.isDone()) {
                    dialer.keep(line);
                } else {
                    line.wire.close();
                }
            }
        }

        private void releaseIfDone() {
            if (body.isDone()) {
                close();
            }
        }
    }

    private static final class HalfClosing extends OutputStream {
        private final Line line;

        HalfClosing(Line line) {
            this.line = line;
        }

        @Override
        public void write(int octet) throws IOException {
            line.out.write(octet);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            line.out.write(from, offset, length);
        }

        @Override
        public void flush() throws IOException {
            line.out.flush();
        }

        @Override
        public void close() throws IOException {
            line.out.flush();
            line.wire.shutdownOutput();
        }
    }
}
