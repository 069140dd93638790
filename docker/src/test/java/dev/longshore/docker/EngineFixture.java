package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import dev.longshore.base.ManualTime;
import dev.longshore.base.Time;
import dev.longshore.builder.Builder;
import dev.longshore.builder.stage.BaseSource;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import dev.longshore.images.RunConfig;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.RootView;
import dev.longshore.runtime.RootViews;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.simulated.SimulatedRuntime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// An engine over a simulated runtime and a clock that is moved by hand, spoken to as a client does, but without a
/// socket. Its one image is called `app`.
final class EngineFixture implements AutoCloseable {

    final ManualTime time = new ManualTime();
    final SimulatedRuntime runtime = new SimulatedRuntime("engine", "10.1.0.0/16", time);
    final FakeBridges bridges = new FakeBridges();
    final LocalImages images;
    private static final int NEWEST = 50;

    private int version = NEWEST;
    private final Path root;
    private final DistributionClient client;
    private DockerEngine engine;

    EngineFixture(Path root) throws IOException, InterruptedException {
        this.root = root;
        this.images = LocalImages.open(root.resolve("images"), "amd64", Time.system());
        Path layer = Files.createDirectories(root.resolve("layer/data"));
        Files.writeString(layer.resolve("seed"), "from the image");
        try (var lease = images.content().leases().open()) {
            var written = images.layers().write(root.resolve("layer"), Optional.empty(), lease);
            var run = new RunConfig(
                    "",
                    Set.of("80/tcp"),
                    Map.of("FROM", "image"),
                    List.of(),
                    List.of("serve"),
                    Set.of(),
                    "/srv",
                    Map.of("made", "here"),
                    "",
                    Optional.empty(),
                    List.of(),
                    List.of());
            var config = new ImageConfig(
                    Platform.linux("amd64"), Optional.empty(), "", run, List.of(written.diffId()), List.of());
            var target = images.images().assemble(config, List.of(written.descriptor()), lease);
            images.images().tag(Reference.parse("app").withDefaultTag(), target);
        }
        this.client = new DistributionClient(images, Set.of());
        open();
    }

    /// Begins anew on the same directory, as after a restart of the program; what runs goes on.
    void restart() throws IOException, InterruptedException {
        engine.close();
        open();
    }

    private void open() throws IOException, InterruptedException {
        var builder = new Builder(images, (step, out, err) -> 0, BaseSource.localOnly(), time);
        var host = new ContainerHost(runtime, new NoViews(), bridges, root.resolve("engine"), new Random(7));
        engine = new DockerEngine(images, builder, client, "1.0", time, host);
        engine.start();
    }

    /// What came back.
    record Answer(int status, JsonNode body) {
        String message() {
            return body.path("message").asString("");
        }
    }

    /// Speaks version 1.`minor` of the API for the next request.
    EngineFixture at(int minor) {
        version = minor;
        return this;
    }

    Answer get(String target) {
        return send("GET", target, "");
    }

    Answer post(String target) {
        return send("POST", target, "");
    }

    Answer post(String target, String body) {
        return send("POST", target, body);
    }

    Answer delete(String target) {
        return send("DELETE", target, "");
    }

    private Answer send(String method, String target, String body) {
        String prefix = "/v1." + version;
        version = NEWEST;
        try {
            Response response = engine.handle(Request.local(
                    method,
                    prefix + target,
                    Headers.of("Content-Type", "application/json"),
                    body.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
            byte[] bytes =
                    switch (response) {
                        case Response.Full full -> full.body();
                        case Response.Stream stream -> {
                            var out = new ByteArrayOutputStream();
                            stream.body().writeTo(out);
                            yield out.toByteArray();
                        }
                        default -> throw new AssertionError("no plain answer: " + response);
                    };
            return new Answer(response.status(), bytes.length == 0 ? Json.object() : Json.parse(bytes));
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    /// Creates a container of `app` with `more` members of its JSON and returns its id.
    String create(String name, String more) {
        Answer made = post("/containers/create?name=" + name, "{'Image':'app'" + more + "}");
        assertThat(made.status()).as(made.message()).isEqualTo(201);
        return made.body().path("Id").asString();
    }

    /// Creates and starts one.
    String run(String name, String more) {
        String id = create(name, more);
        Answer started = post("/containers/" + id + "/start");
        assertThat(started.status()).as(started.message()).isEqualTo(204);
        return id;
    }

    JsonNode inspect(String name) {
        Answer found = get("/containers/" + name + "/json");
        assertThat(found.status()).as(found.message()).isEqualTo(200);
        return found.body();
    }

    String status(String name) {
        return inspect(name).path("State").path("Status").asString();
    }

    /// Ends the process of a running container as if by itself.
    void crash(String name, int exitCode) {
        String id = inspect(name).path("Id").asString();
        runtime.containers().list().stream()
                .filter(status -> id.equals(status.spec().labels().get(ContainerSpecs.OWNER)))
                .forEach(status -> runtime.crash(status.id(), exitCode));
    }

    @Override
    public void close() {
        engine.close();
        client.close();
        runtime.close();
    }

    private static final class NoViews implements RootViews {
        @Override
        public RootView running(String containerId) {
            throw new RuntimeFaultException(RuntimeFaultException.Kind.FAILED, "nothing to see");
        }

        @Override
        public RootView resting(List<Path> lowers, Path layer, List<ContainerSpec.Mount> mounts) {
            throw new RuntimeFaultException(RuntimeFaultException.Kind.FAILED, "nothing to see");
        }
    }
}
