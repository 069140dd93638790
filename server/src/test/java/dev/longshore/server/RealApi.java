package dev.longshore.server;

import dev.longshore.apiserver.ApiServer;
import dev.longshore.apiserver.ConnectDialer;
import dev.longshore.apiserver.audit.Auditing;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.kinds.kit.TokenKeys;
import dev.longshore.model.UserInfo;
import dev.longshore.server.config.AtRestOptions;
import dev.longshore.server.identity.Identities;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Stores;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/// An API server with all built-in kinds over a store in memory, asked without a socket.
final class RealApi implements AutoCloseable {

    static final UserInfo ADMIN = UserInfo.of("admin", UserInfo.MASTERS);

    final EmbeddedStore store;
    final ApiServer server;

    RealApi() {
        this(ApiSettings.DEFAULT);
    }

    RealApi(ApiSettings settings) {
        this(settings, (target, request) -> Response.text(200, "dialed"));
    }

    RealApi(ApiSettings settings, ConnectDialer dialer) {
        this(settings, MetricsApis.NONE, dialer);
    }

    RealApi(ApiSettings settings, MetricsApis metrics, ConnectDialer dialer) {
        this(settings, metrics, beside(Optional.empty()), dialer);
    }

    /// Who is told of every request.
    static ApiServers.Beside beside(Optional<Auditing> audit) {
        return new ApiServers.Beside(audit, new AtRest(AtRestOptions.NONE, Time.system(), new SecureRandom()));
    }

    RealApi(ApiSettings settings, MetricsApis metrics, ApiServers.Beside beside, ConnectDialer dialer) {
        store = Stores.inMemory(Time.system());
        server = ApiServers.make(
                store,
                new ApiServers.Facts("127.0.0.1:6443", "10.96.0.0/16", "30000-32767", identities(settings), settings),
                metrics,
                beside,
                dialer,
                Time.system(),
                new Random(1));
    }

    Answer send(UserInfo user, String method, String target, String type, byte[] body) {
        Headers headers = type.isEmpty() ? Headers.EMPTY : Headers.of("Content-Type", type);
        return send(user, Request.local(method, target, headers, body));
    }

    Answer send(UserInfo user, String method, String target, String json) {
        return send(user, method, target, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    Answer send(UserInfo user, Request request) {
        try {
            return switch (server.handle(request.with(UserInfo.class, user))) {
                case Response.Full(int status, Headers headers, byte[] body) -> new Answer(status, headers, body);
                case Response.Stream(int status, Headers headers, Response.Body body) -> {
                    var out = new ByteArrayOutputStream();
                    body.writeTo(out);
                    yield new Answer(status, headers, out.toByteArray());
                }
                case Response other -> throw new AssertionError(other);
            };
        } catch (IOException | InterruptedException broken) {
            throw new AssertionError(broken);
        }
    }

    /// `request` with a body that comes as slowly as `body` gives it.
    static Request withBody(Request request, InputStream body) {
        return new Request(
                request.method(),
                request.path(),
                request.rawTarget(),
                request.query(),
                request.headers(),
                body,
                request.peer(),
                request.attributes());
    }

    @Override
    public void close() {
        server.close();
        store.close();
    }

    private static Identities identities(ApiSettings settings) {
        try {
            return new Identities(settings.identity(), TokenKeys.of(keys()), List::of, Time.system());
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static KeyPair keys() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
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

        String message() {
            return json().path("message").asString();
        }
    }
}
