package dev.longshore.server;

import dev.longshore.apiserver.ApiServer;
import dev.longshore.apiserver.RuntimeConfig;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.UserInfo;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Stores;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/// The API server of all built-in kinds over a store in memory, without sockets, for tests.
final class WholeApi implements AutoCloseable {

    /// No back end listens there.
    static final int CLOSED = 1;

    /// What was sent on to back ends: method and target.
    final List<String> dialed = new ArrayList<>();

    private final EmbeddedStore store = Stores.inMemory(Time.system());
    private final ApiServer server;

    /// @param runtimeConfig as the flag
    WholeApi(String runtimeConfig) {
        this(ApiSettings.of(RuntimeConfig.parse(runtimeConfig)));
    }

    WholeApi(ApiSettings settings) {
        try {
            var keys = KeyPairGenerator.getInstance("RSA");
            keys.initialize(2048);
            server = ApiServers.make(
                    store,
                    new ApiServers.Facts(
                            "127.0.0.1:6443", "10.96.0.0/16", "30000-32767", keys.generateKeyPair(), settings),
                    (target, request) -> {
                        if (target.port() == CLOSED) {
                            throw new IOException("connection refused");
                        }
                        dialed.add(request.method() + " " + target.scheme() + "://" + target.host() + ":"
                                + target.port() + target.path());
                        return Response.text(200, "back end");
                    },
                    Time.system(),
                    new Random(1));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /// What came back.
    record Answer(int status, Headers headers, byte[] body) {
        JsonNode json() {
            return Json.parse(body);
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    Answer get(String target, String... headers) {
        return send("GET", target, "", headers);
    }

    /// Sends `body`, in which ' stands for ", as the cluster's administrator.
    Answer send(String method, String target, String body, String... headers) {
        Headers fields = Headers.of(headers);
        if (!body.isEmpty() && fields.first("Content-Type").isEmpty()) {
            fields = fields.with("Content-Type", "application/json");
        }
        Request request = Request.local(
                        method, target, fields, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8))
                .with(UserInfo.class, UserInfo.of("admin", UserInfo.MASTERS));
        try {
            return switch (server.handle(request)) {
                case Response.Full(int status, Headers answered, byte[] bytes) -> new Answer(status, answered, bytes);
                case Response.Stream(int status, Headers answered, Response.Body written) -> {
                    var out = new ByteArrayOutputStream();
                    written.writeTo(out);
                    yield new Answer(status, answered, out.toByteArray());
                }
                case Response other -> throw new AssertionError(other);
            };
        } catch (IOException | InterruptedException broken) {
            throw new AssertionError(broken);
        }
    }

    @Override
    public void close() {
        server.close();
        store.close();
    }
}
