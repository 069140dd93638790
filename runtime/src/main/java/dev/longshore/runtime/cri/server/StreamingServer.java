package dev.longshore.runtime.cri.server;

import dev.longshore.base.Time;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.Router;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/// Where clients of CRI hold the conversations that they have asked for: on the loopback address, under a token that
/// was told only to them, counts once and lapses after a minute. It listens from the first of them on. Thread-safe.
final class StreamingServer implements AutoCloseable {

    private static final Duration LIFETIME = Duration.ofMinutes(1);
    private static final int MOST_WAITING = 1000;
    private static final int TOKEN_BYTES = 16;

    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
    private final RandomGenerator randomness;
    private final Time time;
    private Optional<HttpServer> server = Optional.empty();
    private int port;
    private boolean isClosed;

    /// @param randomness one that nobody can foretell
    StreamingServer(RandomGenerator randomness, Time time) {
        this.randomness = randomness;
        this.time = time;
    }

    /// An address at which `conversation` begins for whoever comes first.
    ///
    /// @param kind the first part of its path
    String url(Kind kind, Conversation conversation) {
        waiting.values().removeIf(this::hasLapsed);
        if (waiting.size() >= MOST_WAITING) {
            throw new dev.longshore.http.grpc.GrpcException(
                    Status.Code.RESOURCE_EXHAUSTED, "too many conversations have been asked for and not begun");
        }
        byte[] bytes = new byte[TOKEN_BYTES];
        randomness.nextBytes(bytes);
        String token = HexFormat.of().formatHex(bytes);
        int listening = listen();
        waiting.put(token, new Waiting(kind, conversation, time.now().plus(LIFETIME)));
        return "http://127.0.0.1:%d/%s/%s".formatted(listening, kind.path(), token);
    }

    @Override
    public void close() {
        Optional<HttpServer> listening;
        synchronized (this) {
            isClosed = true;
            listening = server;
        }
        listening.ifPresent(HttpServer::close);
    }

    private synchronized int listen() {
        if (isClosed) {
            throw new dev.longshore.http.grpc.GrpcException(Status.Code.UNAVAILABLE, "the runtime is being closed");
        }
        if (server.isEmpty()) {
            Router.Builder routes = Router.builder();
            for (Kind kind : Kind.values()) {
                routes.route("*", "/" + kind.path() + "/{token}", (request, path) -> begin(kind, request, path));
            }
            var starting = new HttpServer("cri-streaming", routes.build(), time, HttpServer.Limits.DEFAULT);
            try {
                port = starting.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                server = Optional.of(starting);
            } catch (IOException refused) {
                starting.close();
                throw new java.io.UncheckedIOException("the streaming server cannot listen", refused);
            }
        }
        return port;
    }

    private Response begin(Kind kind, Request request, Router.Parameters path) {
        Waiting found = waiting.get(path.get("token"));
        if (found == null || found.kind() != kind || hasLapsed(found) || !waiting.remove(path.get("token"), found)) {
            return Response.text(404, "404 page not found\n");
        }
        return found.conversation().begin(request);
    }

    private boolean hasLapsed(Waiting one) {
        return time.now().isAfter(one.until());
    }

    /// What for.
    enum Kind {
        EXEC("exec"),
        ATTACH("attach"),
        PORT_FORWARD("portforward");

        private final String path;

        Kind(String path) {
            this.path = path;
        }

        String path() {
            return path;
        }
    }

    /// Begins when its client has come.
    @FunctionalInterface
    interface Conversation {
        Response begin(Request request);
    }

    private record Waiting(Kind kind, Conversation conversation, Instant until) {}
}
