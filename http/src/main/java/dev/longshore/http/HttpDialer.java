package dev.longshore.http;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A blocking HTTP/1.1 client of one server, for virtual threads: interrupting a caller ends its exchange.
/// Keeps a few connections for the next exchange. Thread-safe.
public final class HttpDialer implements AutoCloseable {

    private static final int KEPT = 4;
    private static final Duration KEEP = Duration.ofSeconds(20);
    private static final int REFUSAL_BYTES = 64 * 1024;

    /// What may be sent a second time when a kept connection turns out to be dead.
    private static final Set<String> REPEATABLE = Set.of("GET", "HEAD", "OPTIONS", "DELETE");

    private final Endpoint endpoint;
    private final Time time;
    private final SecureRandom random = new SecureRandom();
    private final Deque<Kept> kept = new ArrayDeque<>();
    private boolean isClosed;

    /// A client of the server at `endpoint`.
    public HttpDialer(Endpoint endpoint, Time time) {
        this.endpoint = requireNonNull(endpoint, "endpoint");
        this.time = requireNonNull(time, "time");
    }

    /// Asks and waits for the head of the answer.
    public ClientResponse exchange(ClientRequest request) throws IOException {
        if (REPEATABLE.contains(request.method()) && request.length() == 0) {
            for (Optional<Wire> used = takeKept(); used.isPresent(); used = takeKept()) {
                Wire wire = used.get();
                try {
                    return exchange(request, wire);
                } catch (StaleException dead) {
                    wire.close();
                }
            }
        }
        Wire wire = Wire.dial(endpoint, request.headLimit());
        try {
            return exchange(request, wire);
        } catch (StaleException closed) {
            throw new IOException("the server closed the connection without an answer", closed.getCause());
        }
    }

    /// Asks to leave HTTP; `request` carries the Upgrade and Connection fields. Always a connection of its own.
    public Upgraded upgrade(ClientRequest request) throws IOException {
        Wire wire = Wire.dial(endpoint, request.headLimit());
        Time.Timer limit = time.schedule(request.headLimit(), wire::close);
        try {
            RequestWriter.head(wire.out(), endpoint, request);
            RequestWriter.body(wire.out(), request);
            ResponseHead head = ResponseHead.read(wire.in());
            if (head.status() == 101) {
                return new Upgraded(101, head.headers(), wire.in(), new WireOutput(wire), wire::close);
            }
            InputStream body = head.body(request.method(), wire.in(), _ -> wire.close());
            return new Upgraded(head.status(), head.headers(), body, OutputStream.nullOutputStream(), wire::close);
        } catch (IOException | RuntimeException failed) {
            wire.close();
            throw failed;
        } finally {
            limit.cancel();
        }
    }

    /// Opens a WebSocket at `target`, offering `subprotocols` in order of preference.
    ///
    /// @throws WebSocketRefusedException when the server answers otherwise
    public WebSocket webSocket(String target, Headers headers, List<String> subprotocols) throws IOException {
        byte[] nonce = new byte[16];
        random.nextBytes(nonce);
        String key = Base64.getEncoder().encodeToString(nonce);
        Headers fields = headers.with("Upgrade", "websocket")
                .with("Connection", "Upgrade")
                .with("Sec-WebSocket-Version", "13")
                .with("Sec-WebSocket-Key", key);
        if (!subprotocols.isEmpty()) {
            fields = fields.with("Sec-WebSocket-Protocol", String.join(", ", subprotocols));
        }
        Upgraded upgraded = upgrade(ClientRequest.of("GET", target).with(fields));
        if (!upgraded.isUpgraded()) {
            try (upgraded) {
                throw new WebSocketRefusedException(
                        upgraded.status(), upgraded.in().readNBytes(REFUSAL_BYTES));
            }
        }
        if (!upgraded.headers().first("Sec-WebSocket-Accept").orElse("").equals(Upgrades.accept(key))) {
            upgraded.close();
            throw new IOException("the server did not understand the WebSocket handshake");
        }
        return new DialedWebSocket(
                upgraded, upgraded.headers().first("Sec-WebSocket-Protocol").map(String::strip), time);
    }

    /// Drops the kept connections; running exchanges go on and end with their own.
    @Override
    public void close() {
        List<Kept> all;
        synchronized (kept) {
            isClosed = true;
            all = List.copyOf(kept);
            kept.clear();
        }
        all.forEach(connection -> connection.wire.close());
    }

    private ClientResponse exchange(ClientRequest request, Wire wire) throws IOException {
        Time.Timer headLimit = time.schedule(request.headLimit(), wire::close);
        try {
            RequestWriter.Sending sending = send(request, wire);
            ResponseHead head;
            try {
                head = ResponseHead.read(wire.in());
            } catch (IOException broken) {
                sending.rethrow();
                throw broken instanceof EOFException ? new StaleException(broken) : broken;
            }
            Time.Timer totalLimit =
                    request.totalLimit().isZero() ? () -> {} : time.schedule(request.totalLimit(), wire::close);
            InputStream body = head.body(request.method(), wire.in(), isReusable -> {
                totalLimit.cancel();
                if (isReusable && sending.isDone()) {
                    keep(wire);
                } else {
                    wire.close();
                }
            });
            return new ClientResponse(head.status(), head.headers(), body);
        } catch (StaleException stale) {
            wire.close();
            throw stale;
        } catch (IOException | RuntimeException failed) {
            wire.close();
            throw failed;
        } finally {
            headLimit.cancel();
        }
    }

    private RequestWriter.Sending send(ClientRequest request, Wire wire) throws IOException {
        try {
            return RequestWriter.send(wire, endpoint, request);
        } catch (IOException broken) {
            throw new StaleException(broken);
        }
    }

    private Optional<Wire> takeKept() {
        synchronized (kept) {
            while (!kept.isEmpty()) {
                Kept newest = kept.pop();
                if (time.nanoTime() - newest.since < KEEP.toNanos()) {
                    return Optional.of(newest.wire);
                }
                newest.wire.close();
            }
            return Optional.empty();
        }
    }

    private void keep(Wire wire) {
        Wire surplus = wire;
        synchronized (kept) {
            if (!isClosed) {
                kept.push(new Kept(wire, time.nanoTime()));
                if (kept.size() <= KEPT) {
                    return;
                }
                surplus = kept.removeLast().wire;
            }
        }
        surplus.close();
    }

    private record Kept(Wire wire, long since) {}

    /// The connection was closed before the first byte of an answer.
    private static final class StaleException extends IOException {
        StaleException(IOException cause) {
            super(cause);
        }
    }
}
