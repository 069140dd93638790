package dev.longshore.server;

import dev.longshore.apiserver.RuntimeConfig;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.ConnectTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A [RealApi] with the versions that a flag switches on, asked by the administrator, which remembers what it sends
/// on.
final class WholeApi implements AutoCloseable {

    /// No back end listens there.
    static final int CLOSED = 1;

    /// What was sent on to back ends: method and target.
    final List<String> dialed = new ArrayList<>();

    private final RealApi api;

    /// @param runtimeConfig as the flag
    WholeApi(String runtimeConfig) {
        this(ApiSettings.of(RuntimeConfig.parse(runtimeConfig)));
    }

    WholeApi(ApiSettings settings) {
        api = new RealApi(settings, this::dial);
    }

    RealApi.Answer get(String target, String... headers) {
        return send("GET", target, "", headers);
    }

    /// Sends `body`, in which ' stands for ".
    RealApi.Answer send(String method, String target, String body, String... headers) {
        Headers fields = Headers.of(headers);
        if (!body.isEmpty() && fields.first("Content-Type").isEmpty()) {
            fields = fields.with("Content-Type", "application/json");
        }
        return api.send(
                RealApi.ADMIN,
                Request.local(method, target, fields, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }

    private Response dial(ConnectTarget target, Request request) throws IOException {
        if (target.port() == CLOSED) {
            throw new IOException("connection refused");
        }
        dialed.add(
                request.method() + " " + target.scheme() + "://" + target.host() + ":" + target.port() + target.path());
        return Response.text(200, "back end");
    }

    @Override
    public void close() {
        api.close();
    }
}
