package dev.longshore.server;

import dev.longshore.base.Json;
import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.Router;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// The server's own socket, for its owner: `GET /status`; `POST /down`, which answers with what the stopping is
/// at, line by line, until it is done; `POST /images/base?name=`, which makes a base image and tells in the same
/// way; `GET /certificates` and `POST /certificates/renew`; `POST /backup`; `GET /encryption` and `POST
/// /encryption/rewrite`, about what is stored encrypted.
final class ControlSocket implements AutoCloseable {

    private static final int MOST_LINES = 1000;
    private static final String END = "";

    private final Supplier<ObjectNode> status;
    private final Runnable down;
    private final BaseImageMaking bases;
    private final CertificateRoutes certificates;
    private final BackupRoute backups;
    private final Supplier<AtRest> atRest;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>(MOST_LINES);
    private final HttpServer server;

    /// @param status what to tell
    /// @param down asks for the stopping, and returns at once
    /// @param atRest encryption of what is stored
    ControlSocket(
            Supplier<ObjectNode> status,
            Runnable down,
            BaseImageMaking bases,
            CertificateRoutes certificates,
            BackupRoute backups,
            Supplier<AtRest> atRest) {
        this.status = status;
        this.down = down;
        this.bases = bases;
        this.certificates = certificates;
        this.backups = backups;
        this.atRest = atRest;
        this.server = new HttpServer("control", routes());
    }

    /// Listens at `file`.
    void start(Path file) throws IOException {
        server.listen(file);
    }

    /// Where the stopping tells what it is at; whoever asked for it reads that.
    Consumer<String> progress() {
        return lines::offer;
    }

    /// The stopping is done; then closes.
    @Override
    public void close() {
        lines.offer(END);
        server.close();
    }

    private Handler routes() {
        return Router.builder()
                .route("GET", "/status", (request, parameters) -> Response.json(200, Json.bytes(status.get())))
                .route("POST", "/down", (request, parameters) -> stopping(request))
                .route("POST", "/images/base", (request, parameters) -> bases.answer(request))
                .route("GET", "/certificates", (request, parameters) -> certificates.list(request))
                .route("POST", "/certificates/renew", (request, parameters) -> certificates.renew(request))
                .route("POST", "/backup", (request, parameters) -> backups.answer(request))
                .route(
                        "GET",
                        "/encryption",
                        (request, parameters) -> atRest.get().status())
                .route(
                        "POST",
                        "/encryption/rewrite",
                        (request, parameters) -> atRest.get().rewrite())
                .build();
    }

    private Response stopping(Request request) throws IOException {
        request.body().readAllBytes();
        down.run();
        return new Response.Stream(200, Headers.of("Content-Type", "text/plain"), this::tell);
    }

    private void tell(OutputStream out) throws IOException, InterruptedException {
        for (String line = lines.take(); !line.equals(END); line = lines.take()) {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }
}
