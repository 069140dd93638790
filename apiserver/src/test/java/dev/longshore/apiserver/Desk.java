package dev.longshore.apiserver;

import dev.longshore.apiserver.audit.Auditing;
import dev.longshore.base.Json;
import dev.longshore.base.ManualTime;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.Admission;
import dev.longshore.model.Authenticator;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Codec;
import dev.longshore.model.CustomKinds;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Stores;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/// A server for tests, and short ways to ask it.
final class Desk implements AutoCloseable {

    static final UserInfo ADMIN = UserInfo.of("admin", UserInfo.MASTERS);

    final ManualTime time = new ManualTime();
    final EmbeddedStore store = Stores.inMemory(time);
    final List<Admission> admissions = new ArrayList<>();
    final List<Request> dialed = new ArrayList<>();
    private final ApiServer server;
    private UserInfo user = ADMIN;

    Desk(Admission... admissions) {
        this(Entrance.OPEN, Desk::authorize, admissions);
    }

    /// With another entrance, and somebody else who says what users may.
    Desk(Entrance entrance, Authorizer authorizer, Admission... admissions) {
        server = new ApiServer(config(entrance, authorizer, admissions));
    }

    /// One that is audited; whoever gives the log closes it.
    Desk(AuditedBy audit, Admission... admissions) {
        server = new ApiServer(config(Entrance.OPEN, Desk::authorize, admissions), 600, audit.log(time));
    }

    /// Makes the log of a server whose time is `time`.
    interface AuditedBy {
        Optional<Auditing> log(ManualTime time);
    }

    private ApiServerConfig config(Entrance entrance, Authorizer authorizer, Admission... admissions) {
        return new ApiServerConfig(
                store,
                Samples.definitions(),
                CustomKinds.NONE,
                new Samples.Shapes(),
                registry -> List.of(Desk::authenticate),
                registry -> List.of(authorizer),
                List.of(admissions),
                List.of(new Shouting()),
                time,
                new Random(1),
                (target, request) -> {
                    dialed.add(request);
                    return Response.text(200, target.host() + ":" + target.port() + target.path());
                },
                new VersionInfo("v1.36.0", "0", "2026-01-01T00:00:00Z", "25"),
                "127.0.0.1:6443",
                Optional.empty(),
                new ApiServerConfig.Beside(Optional.empty(), List.of(), entrance));
    }

    ApiServer server() {
        return server;
    }

    /// Asks as `name` from now on.
    Desk as(UserInfo other) {
        user = other;
        return this;
    }

    Answer get(String target, String... headers) {
        return send("GET", target, Headers.of(headers), "");
    }

    Answer post(String target, String body) {
        return send("POST", target, Headers.of("Content-Type", "application/json"), body);
    }

    Answer put(String target, String body) {
        return send("PUT", target, Headers.of("Content-Type", "application/json"), body);
    }

    Answer patch(String target, String type, String body) {
        return send("PATCH", target, Headers.of("Content-Type", "application/" + type), body);
    }

    Answer delete(String target, String body) {
        return send("DELETE", target, Headers.EMPTY, body);
    }

    Answer send(String method, String target, Headers headers, String body) {
        Request request = request(method, target, headers, body).with(UserInfo.class, user);
        return handle(request);
    }

    static Request request(String method, String target, Headers headers, String body) {
        return Request.local(method, target, headers, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    Answer handle(Request request) {
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

    private static Authenticator.Verdict authenticate(Authenticator.Credentials credentials) {
        return credentials
                .bearerToken()
                .<Authenticator.Verdict>map(token -> token.equals("good")
                        ? new Authenticator.Verdict.Known(UserInfo.of("holder"))
                        : new Authenticator.Verdict.Rejected("unknown token"))
                .orElseGet(Authenticator.Verdict.NotMine::new);
    }

    private static Authorizer.Decision authorize(Authorizer.Attributes attributes) {
        boolean may = attributes.user().groups().contains(UserInfo.MASTERS);
        return may ? new Authorizer.Decision.Allow("") : new Authorizer.Decision.NoOpinion("");
    }

    /// A body format for tests: the name of a widget, in capitals.
    private static final class Shouting implements Codec {
        @Override
        public String mediaType() {
            return "application/shouting";
        }

        @Override
        public Resource decode(byte[] bytes) {
            String name = new String(bytes, StandardCharsets.UTF_8).toLowerCase(java.util.Locale.ROOT);
            return Resource.of(Samples.WIDGET, "", name);
        }

        @Override
        public boolean knows(GroupVersionKind kind) {
            return kind.kind().equals("Widget") || kind.kind().equals("Status");
        }

        @Override
        public byte[] encode(JsonNode object) {
            return Json.bytes(object);
        }

        @Override
        public byte[] encode(GroupVersionKind kind, byte[] json) {
            return json;
        }

        @Override
        public byte[] list(
                GroupVersionKind kind, JsonNode metadata, GroupVersionKind itemKind, Iterable<byte[]> items) {
            return metadata.toString().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] event(String type, byte[] object) {
            return (type + " " + new String(object, StandardCharsets.UTF_8) + "!").getBytes(StandardCharsets.UTF_8);
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

        /// One tree for each line.
        List<JsonNode> lines() {
            return text().lines().map(Json::parse).toList();
        }
    }
}
