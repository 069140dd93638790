package dev.longshore.journeys.everykind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.apiserver.ApiServer;
import dev.longshore.apiserver.ApiServerConfig;
import dev.longshore.apiserver.VersionInfo;
import dev.longshore.base.Json;
import dev.longshore.base.ManualTime;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Peer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.kinds.Admissions;
import dev.longshore.kinds.Authorizers;
import dev.longshore.kinds.KindSchemas;
import dev.longshore.kinds.Kinds;
import dev.longshore.kinds.SeedObjects;
import dev.longshore.kinds.custom.DefinedKinds;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.wire.ProtobufCodec;
import dev.longshore.model.Authenticator;
import dev.longshore.model.Authorizer;
import dev.longshore.model.OutboundCall;
import dev.longshore.model.Registry;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.UserInfo;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Stores;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/// The API server alone, with every built-in kind in every version and nobody who acts on what is written.
public final class LoneApi implements AutoCloseable {

    private static final String ISSUER = "https://kubernetes.default.svc.cluster.local";
    private static final UserInfo ADMIN = UserInfo.of("admin", UserInfo.MASTERS);
    private static final int PORT = 6443;

    private final EmbeddedStore store;
    private final List<ResourceDefinition> definitions;
    private final ApiServer server;

    /// One whose clock stands still.
    LoneApi() {
        this(new ManualTime());
    }

    /// One that goes by `time`.
    public LoneApi(Time time) {
        this.store = Stores.inMemory(time);
        var registry = new AtomicReference<Registry>();
        var authorizer = new AtomicReference<Authorizer>();
        var context = new KindsContext(
                time,
                new Random(1),
                new KindSchemas(),
                "10.96.0.0/16",
                KindsContext.PortRange.DEFAULT,
                keys(),
                ISSUER,
                List.of(ISSUER),
                authorizer::get,
                () -> credentials -> new Authenticator.Verdict.NotMine());
        authorizer.set(Authorizers.all(context, registry::get));
        definitions = Kinds.all(context).stream().map(LoneApi::served).toList();
        server = new ApiServer(new ApiServerConfig(
                store,
                definitions,
                new DefinedKinds(context.schemas(), OutboundCall.NONE),
                context.schemas(),
                made -> {
                    registry.set(made);
                    return List.of();
                },
                made -> List.of(authorizer.get()),
                Admissions.all(context),
                List.of(new ProtobufCodec()),
                time,
                new Random(2),
                (target, request) -> Response.text(200, "connected"),
                new VersionInfo("v1.36.0", "0", "2026-01-01T00:00:00Z", "25"),
                "127.0.0.1:" + PORT,
                Optional.empty(),
                ApiServerConfig.Beside.NOTHING));
        new SeedObjects(context, server.registry(), PORT).plant();
    }

    private static ResourceDefinition served(ResourceDefinition each) {
        return new ResourceDefinition(
                each.kind(),
                each.names(),
                each.namespaced(),
                each.verbs(),
                each.schema(),
                each.storage(),
                each.strategy(),
                each.subresources(),
                each.table(),
                each.fields(),
                each.virtual(),
                true,
                each.deprecation());
    }

    private static KeyPair keys() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has RSA", impossible);
        }
    }

    List<ResourceDefinition> definitions() {
        return definitions;
    }

    Answer get(String target, String... headers) {
        return send("GET", target, new byte[0], headers);
    }

    Answer post(String target, JsonNode body) {
        return send("POST", target, Json.bytes(body), "Content-Type", "application/json");
    }

    Answer put(String target, JsonNode body) {
        return send("PUT", target, Json.bytes(body), "Content-Type", "application/json");
    }

    Answer patch(String target, String type, JsonNode body) {
        return send("PATCH", target, Json.bytes(body), "Content-Type", "application/" + type);
    }

    Answer delete(String target) {
        return send("DELETE", target, new byte[0]);
    }

    /// The events of a watch up to the first of type `last`.
    List<JsonNode> watch(String target, String last) {
        var events = new ArrayList<JsonNode>();
        var stream = (Response.Stream) handle("GET", target, new byte[0]);
        try {
            stream.body().writeTo(new Lines(line -> {
                events.add(Json.parse(line));
                return !events.getLast().path("type").asString().equals(last);
            }));
        } catch (IOException | InterruptedException ended) {
            assertThat(events).as("events up to the end: %s", ended).isNotEmpty();
        }
        return events;
    }

    /// The first `wanted` frames of a stream whose frames follow their length in four bytes.
    List<byte[]> frames(String target, int wanted, String... headers) {
        var frames = new ArrayList<byte[]>();
        var stream = (Response.Stream) handle("GET", target, new byte[0], headers);
        assertThat(stream.headers().first("Content-Type").orElse("")).endsWith(";stream=watch");
        var out = new ByteArrayOutputStream() {
            @Override
            public void flush() throws IOException {
                var read = new DataInputStream(new ByteArrayInputStream(toByteArray()));
                frames.clear();
                while (read.available() > 0) {
                    frames.add(read.readNBytes(read.readInt()));
                }
                if (frames.size() >= wanted) {
                    throw new EOFException("the reader has enough");
                }
            }
        };
        try {
            stream.body().writeTo(out);
        } catch (IOException | InterruptedException ended) {
            assertThat(frames).as("frames up to the end: %s", ended).hasSizeGreaterThanOrEqualTo(wanted);
        }
        return frames.subList(0, wanted);
    }

    /// How a watch begins: a refusal, or the head of a stream that nobody reads.
    Answer open(String target) {
        return handle("GET", target, new byte[0]) instanceof Response.Stream(int status, Headers headers, var _)
                ? new Answer(status, headers, new byte[0])
                : send("GET", target, new byte[0]);
    }

    Answer send(String method, String target, byte[] body, String... headers) {
        try {
            return switch (handle(method, target, body, headers)) {
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

    /// As the administrator, whoever asks.
    public Response handle(Request request) throws IOException, InterruptedException {
        var local = new Request(
                request.method(),
                request.path(),
                request.rawTarget(),
                request.query(),
                request.headers(),
                request.body(),
                Peer.LOCAL,
                request.attributes());
        return server.handle(local.with(UserInfo.class, ADMIN));
    }

    /// As whoever the request says.
    public Response handleAsIs(Request request) throws IOException, InterruptedException {
        return server.handle(request);
    }

    private Response handle(String method, String target, byte[] body, String... headers) {
        Request request =
                Request.local(method, target, Headers.of(headers), body).with(UserInfo.class, ADMIN);
        try {
            return server.handle(request);
        } catch (IOException | InterruptedException broken) {
            throw new AssertionError(broken);
        }
    }

    /// Cuts a stream into lines, and breaks it off when its reader has enough.
    private static final class Lines extends OutputStream {
        private final Predicate<String> wantsMore;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        Lines(Predicate<String> wantsMore) {
            this.wantsMore = wantsMore;
        }

        @Override
        public void write(int octet) throws IOException {
            if (octet != '\n') {
                line.write(octet);
                return;
            }
            boolean goesOn = wantsMore.test(line.toString(StandardCharsets.UTF_8));
            line.reset();
            if (!goesOn) {
                throw new IOException("the reader has enough");
            }
        }
    }

    @Override
    public void close() {
        server.close();
        store.close();
    }

    /// What came back.
    record Answer(int status, Headers headers, byte[] body) {

        /// The body of an answer that says that all is well.
        JsonNode good() {
            if (status >= 300) {
                throw new AssertionError(status + " " + text());
            }
            return json();
        }

        JsonNode json() {
            return Json.parse(body);
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }
}
