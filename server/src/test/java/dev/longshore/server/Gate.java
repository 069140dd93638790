package dev.longshore.server;

import static org.awaitility.Awaitility.await;

import dev.longshore.apiserver.ApiServer;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.WebSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/// The way to an API server, over TLS, which can be closed and opened; remembers what was asked of one path, and the
/// errors that watches over WebSockets were told.
final class Gate implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String path;
    private final Certificates certificates;
    private final int port;
    private final AtomicReference<Optional<ApiServer>> behind = new AtomicReference<>(Optional.empty());
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private Optional<HttpServer> listening = Optional.empty();

    Gate(String path, Certificates certificates, int port) {
        this.path = path;
        this.certificates = certificates;
        this.port = port;
    }

    /// Lets requests through to `server`.
    void open(ApiServer server) throws IOException {
        behind.set(Optional.of(server));
        if (listening.isEmpty()) {
            var https = new HttpServer(
                    "gate",
                    this::pass,
                    dev.longshore.base.Time.system(),
                    HttpServer.Limits.DEFAULT.withGrace(Duration.ofMillis(50)));
            https.listen(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    new HttpServer.Tls(certificates.server(), List.of(certificates.authority())));
            listening = Optional.of(https);
        }
    }

    /// New requests wait until it is open; connections stay.
    void pause() {
        behind.set(Optional.empty());
    }

    /// Breaks all connections off and takes no new ones.
    void shut() {
        listening.ifPresent(HttpServer::close);
        listening = Optional.empty();
    }

    /// `list` and `watch`, in order.
    List<String> asked() {
        return List.copyOf(asked);
    }

    /// Events of type ERROR.
    List<String> errors() {
        return List.copyOf(errors);
    }

    void forget() {
        asked.clear();
        errors.clear();
    }

    @Override
    public void close() {
        shut();
    }

    private Response pass(Request request) throws IOException, InterruptedException {
        ApiServer server =
                await().atMost(PATIENCE).until(behind::get, Optional::isPresent).orElseThrow();
        boolean isNoted = request.path().equals(path);
        if (isNoted) {
            asked.add(request.query().first("watch").isPresent() ? "watch" : "list");
        }
        Response answer = server.handle(request);
        return isNoted && answer instanceof Response.WebSocketUpgrade upgrade
                ? new Response.WebSocketUpgrade(
                        upgrade.subprotocol(), socket -> upgrade.session().serve(new Noted(socket, errors)))
                : answer;
    }

    /// A socket whose errors are noted.
    private record Noted(WebSocket socket, List<String> errors) implements WebSocket {
        @Override
        public Optional<Message> receive() throws IOException, InterruptedException {
            return socket.receive();
        }

        @Override
        public void sendBinary(byte[] payload) throws IOException, InterruptedException {
            socket.sendBinary(payload);
        }

        @Override
        public void sendText(String payload) throws IOException, InterruptedException {
            if (payload.startsWith("{\"type\":\"ERROR\"")) {
                errors.add(payload);
            }
            socket.sendText(payload);
        }

        @Override
        public void ping() throws IOException, InterruptedException {
            socket.ping();
        }

        @Override
        public void close(int code, String reason) {
            socket.close(code, reason);
        }

        @Override
        public Optional<String> subprotocol() {
            return socket.subprotocol();
        }
    }
}
