package dev.longshore.docker;

import static dev.longshore.docker.BuildExchange.aux;
import static dev.longshore.docker.BuildExchange.call;
import static dev.longshore.docker.BuildExchange.files;
import static dev.longshore.docker.BuildExchange.output;
import static dev.longshore.docker.BuildExchange.said;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.builder.Builder;
import dev.longshore.builder.stage.BaseSource;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.HttpServer;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Image;
import dev.longshore.images.ImageArchive;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Manifest;
import dev.longshore.images.Reference;
import dev.longshore.images.distribution.Credentials;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.images.distribution.Progress;
import dev.longshore.images.registry.RegistryHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What `POST /build` gives to a client that knows the parameters that we add.
class BuildOutputsTest {

    private static final String DOCKERFILE = "FROM scratch AS files\nCOPY a /d/a\nFROM files\nLABEL x=y\n";

    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private Path root;
    private LocalImages images;
    private LocalImages elsewhere;
    private DistributionClient client;
    private HttpServer engine;

    @BeforeEach
    void start() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        root = Files.createTempDirectory("outputs-test");
        elsewhere = LocalImages.open(root.resolve("elsewhere"), "amd64", Time.system());
        restart();
    }

    private void restart() throws Exception {
        if (engine != null) {
            engine.close();
            client.close();
        }
        images = LocalImages.open(root.resolve("store"), "amd64", Time.system());
        var builder = new Builder(
                images,
                (step, out, err) -> {
                    running.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } finally {
                        cancelled.countDown();
                    }
                    return 0;
                },
                BaseSource.localOnly(),
                Time.system());
        builder.start();
        client = new DistributionClient(images, Set.of());
        engine = new HttpServer("docker", new DockerEngine(images, builder, client, "0.1.0", Time.system()));
        engine.listen(root.resolve("docker.sock"));
    }

    @AfterEach
    void stop() throws Exception {
        if (root != null) {
            engine.close();
            client.close();
            new ProcessBuilder("rm", "-rf", root.toString()).start().waitFor();
        }
    }

    @Test
    void anOciArchiveIsSentAndNothingStaysInTheStore() throws Exception {
        List<JsonNode> messages =
                build("outputs", "[{\"Type\":\"oci\",\"Attrs\":{\"name\":\"b:2\"}}]", "t", "a:1", "progress", "events");

        List<Image> loaded = new ImageArchive(elsewhere).load(new ByteArrayInputStream(output(messages, "0")));
        assertThat(loaded).hasSize(1);
        assertThat(loaded.getFirst().names())
                .extracting(Object::toString)
                .containsExactly("docker.io/library/a:1", "docker.io/library/b:2");
        assertThat(images.images().list()).isEmpty();
        JsonNode metadata = aux(messages, "longshore.metadata");
        assertThat(metadata.path("containerimage.config.digest").asString())
                .isEqualTo(loaded.getFirst().id().toString());
        assertThat(metadata.path("containerimage.digest").asString())
                .isEqualTo(loaded.getFirst().target().toString())
                .isEqualTo(metadata.path("containerimage.descriptor")
                        .path("digest")
                        .asString());
        assertThat(metadata.path("image.name").asString()).isEqualTo("docker.io/library/a:1");
    }

    @Test
    void attestationsTravelWithTheImage() throws Exception {
        try (var registry = new HttpServer("registry", new RegistryHandler(elsewhere))) {
            int port = registry.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            String name = "127.0.0.1:" + port + "/app:1";
            build(
                    "outputs",
                    "[{\"Type\":\"registry\",\"Attrs\":{}}]",
                    "t",
                    name,
                    "sbom",
                    "1",
                    "provenance",
                    "mode=max");

            Image here = images.images().get(name);
            assertThat(images.images().list()).hasSize(1);
            assertThat(here.target()).isNotEqualTo(here.manifestDigest());
            Image there = elsewhere.images().get("app:1");
            assertThat(there.id()).isEqualTo(here.id());
            assertThat(there.target()).isEqualTo(here.target());
            var index = (Manifest.Index) Manifest.parse(elsewhere.content().read(there.target()), "");
            assertThat(index.manifests()).hasSize(2);
            for (Descriptor manifest : index.manifests()) {
                assertThat(Manifest.parse(elsewhere.content().read(manifest.digest()), "")
                                .children())
                        .allMatch(child -> elsewhere.content().has(child.digest()));
            }
            images.images().remove(name, true);
            images.collector().collect();
            assertThat(client.pull(Reference.parse(name), Credentials.NONE, Progress.SILENT)
                            .id())
                    .isEqualTo(here.id());
        }
    }

    @Test
    void attestationsThatThereAreNotAreRefused() throws Exception {
        try (var dialer = HttpDialer.unix(root.resolve("docker.sock"));
                var answer = dialer.exchange(call("", "provenance", "mode=mid"), Duration.ofMinutes(1))) {
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text()).contains("invalid provenance mode");
        }
    }

    @Test
    void filesComeAsAPlainArchive() throws Exception {
        List<JsonNode> messages =
                build("outputs", "[{\"Type\":\"image\",\"Attrs\":{}},{\"Type\":\"tar\",\"Attrs\":{}}]", "t", "a:1");

        assertThat(files(output(messages, "1"))).containsExactly(Map.entry("d/", ""), Map.entry("d/a", "content"));
        assertThat(images.images().find("a:1")).isPresent();
    }

    @Test
    void aCacheGoesThroughARegistry() throws Exception {
        try (var registry = new HttpServer("registry", new RegistryHandler(elsewhere))) {
            int port = registry.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            String place = "[{\"Type\":\"registry\",\"Attrs\":{\"ref\":\"127.0.0.1:" + port + "/cache:1\"}}]";
            build("cacheto", place, "t", "a:1");
            new ProcessBuilder("rm", "-rf", root.resolve("store/build/cache").toString())
                    .start()
                    .waitFor();
            restart();

            List<JsonNode> messages = build("cachefrom", place, "t", "a:2");

            assertThat(said(messages)).contains("Using cache").doesNotContain("[Warning]");
            assertThat(images.images().list())
                    .flatExtracting(Image::names)
                    .extracting(Object::toString)
                    .containsExactlyInAnyOrder("docker.io/library/a:1", "docker.io/library/a:2");
        }
    }

    @Test
    void aCacheThatIsNotThereIsSaidAndTheBuildGoesOn() throws Exception {
        List<JsonNode> messages =
                build("cachefrom", "[{\"Type\":\"local\",\"Attrs\":{\"path\":\"" + root + "/none\"}}]", "t", "a:1");

        assertThat(said(messages)).contains("[Warning] a build cache is not used: there is no build cache in");
        assertThat(images.images().find("a:1")).isPresent();
    }

    @Test
    void anOutputThatThereIsNotIsRefused() throws Exception {
        try (var dialer = HttpDialer.unix(root.resolve("docker.sock"));
                var answer = dialer.exchange(
                        call("", "outputs", "[{\"Type\":\"floppy\",\"Attrs\":{}}]"), Duration.ofMinutes(1))) {
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text()).contains("unknown output type \\\"floppy\\\"");
        }
    }

    @Test
    void aCallOnlyLooks() throws Exception {
        List<JsonNode> checked = build("call", "check");
        List<JsonNode> targets = build("call", "targets");

        assertThat(aux(checked, "longshore.call").path("exitCode").asInt(-1)).isZero();
        assertThat(said(checked)).contains("Check complete, no warnings found.");
        assertThat(said(targets)).contains("files");
        assertThat(images.images().list()).isEmpty();
    }

    @Test
    void whatCanBeAskedIsDescribed() throws Exception {
        assertThat(said(build("call", "describe"))).isEqualTo("""
                NAME                 VERSION DESCRIPTION
                outline              1.0.0   List all parameters current build target supports
                targets              1.0.0   List all targets current build supports
                lint                 1.0.0   Lint a Dockerfile
                subrequests.describe 1.0.0   List available subrequest types
                """);
        JsonNode described = Json.parse(said(build("call", "subrequests.describe,format=json")));
        assertThat(described).hasSize(4);
        assertThat(described.path(0).path("Name").asString()).isEqualTo("frontend.outline");
        assertThat(described.path(0).path("Opts").path(0).path("Name").asString())
                .isEqualTo("target");
    }

    @Test
    void whatACheckFindsMayBeIgnored() throws Exception {
        String wrong = "FROM scratch AS Web\nLABEL a=b\n";

        assertThat(aux(
                                BuildExchange.messages(root.resolve("docker.sock"), call(wrong, "call", "check")),
                                "longshore.call")
                        .path("exitCode")
                        .asInt(-1))
                .isEqualTo(1);
        assertThat(aux(
                                BuildExchange.messages(
                                        root.resolve("docker.sock"),
                                        call(wrong, "call", "lint,format=json,ignorestatus")),
                                "longshore.call")
                        .path("exitCode")
                        .asInt(-1))
                .isZero();
        assertThat(BuildExchange.messages(root.resolve("docker.sock"), call(wrong, "call", "check,format=xml")))
                .anyMatch(message ->
                        message.path("error").asString("").startsWith("invalid call attribute \"format=xml\""));
        assertThat(BuildExchange.messages(root.resolve("docker.sock"), call(wrong, "call", "nonsense")))
                .anyMatch(message -> message.path("error")
                        .asString("")
                        .equals("unknown call \"nonsense\": there are check, outline, targets and describe"));
    }

    @Test
    void aBuildIsCancelledAtOnceByItsId() throws Exception {
        String waiting = "FROM scratch\nRUN [\"wait\"]\n";
        var build = CompletableFuture.runAsync(() -> {
            try (var dialer = HttpDialer.unix(root.resolve("docker.sock"));
                    var answer = dialer.exchange(call(waiting, "buildid", "mine"), Duration.ofMinutes(1))) {
                answer.body().readAllBytes();
            } catch (IOException ended) {
                // That it ends is what counts.
            }
        });
        assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();

        try (var dialer = HttpDialer.unix(root.resolve("docker.sock"));
                var answer = dialer.exchange(
                        HttpDialer.Call.of("POST", "/build/cancel?id=mine", Headers.EMPTY), Duration.ofMinutes(1))) {
            assertThat(answer.status()).isEqualTo(204);
        }

        assertThat(cancelled.await(30, TimeUnit.SECONDS)).isTrue();
        build.get(30, TimeUnit.SECONDS);
    }

    private List<JsonNode> build(String... parameters) throws Exception {
        return BuildExchange.build(root.resolve("docker.sock"), DOCKERFILE, parameters);
    }
}
