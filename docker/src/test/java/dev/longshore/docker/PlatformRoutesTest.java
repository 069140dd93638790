package dev.longshore.docker;

import static dev.longshore.docker.BuildExchange.aux;
import static dev.longshore.docker.BuildExchange.files;
import static dev.longshore.docker.BuildExchange.output;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.images.Image;
import dev.longshore.images.Manifest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Images of several platforms: built, listed, inspected, pushed and pulled.
class PlatformRoutesTest {

    private static final String DOCKERFILE = """
            FROM scratch AS one-amd64
            COPY a /amd64
            FROM scratch AS one-arm64
            COPY a /arm64
            FROM one-$TARGETARCH
            """;
    private static final String BOTH = "linux/amd64,linux/arm64";
    private static final String ARM = "{\"os\":\"linux\",\"architecture\":\"arm64\"}";

    private BuildingEngine engine;
    private String name;

    @BeforeEach
    void start() throws Exception {
        engine = new BuildingEngine();
        name = engine.registry + "/app:1";
    }

    @AfterEach
    void stop() throws Exception {
        if (engine != null) {
            engine.close();
        }
    }

    @Test
    void oneBuildGivesAnIndexAndADirectoryForEachPlatform() throws Exception {
        List<JsonNode> messages = build("[{\"Type\":\"image\",\"Attrs\":{}},{\"Type\":\"tar\",\"Attrs\":{}}]");

        assertThat(files(output(messages, "1")).keySet())
                .containsExactly("linux_amd64/", "linux_amd64/amd64", "linux_arm64/", "linux_arm64/arm64");
        JsonNode metadata = aux(messages, "longshore.metadata");
        Image image = engine.images().images().get(name);
        assertThat(metadata.path("containerimage.digest").asString())
                .isEqualTo(image.target().toString());
        assertThat(metadata.has("containerimage.config.digest")).isFalse();
        assertThat(messages)
                .anyMatch(message -> message.path("aux")
                        .path("ID")
                        .asString("")
                        .equals(image.target().toString()));
        assertThat(get("/images/" + image.target() + "/json")
                        .path("Architecture")
                        .asString())
                .isEqualTo("amd64");
        assertThat(get("/images/" + name + "/json?platform=" + encoded(ARM))
                        .path("Architecture")
                        .asString())
                .isEqualTo("arm64");
        assertThat(get("/images/json?manifests=1").path(0).path("Manifests"))
                .extracting(each -> each.path("ImageData")
                                .path("Platform")
                                .path("architecture")
                                .asString()
                        + each.path("Available").asString())
                .containsExactly("amd64true", "arm64true");
    }

    @Test
    void anIndexIsPushedWhole() throws Exception {
        build("[{\"Type\":\"registry\",\"Attrs\":{}}]");

        var index = (Manifest.Index) Manifest.parse(
                engine.elsewhere
                        .content()
                        .read(engine.elsewhere.images().get("app:1").target()),
                "");
        assertThat(index.manifests()).hasSize(2);
        assertThat(index.manifests())
                .allMatch(each -> engine.elsewhere.content().has(each.digest()));
    }

    @Test
    void oneOfItsPlatformsIsPushedIfAskedFor() throws Exception {
        build("[{\"Type\":\"image\",\"Attrs\":{}}]");

        post("/images/" + name.replace(":1", "") + "/push?tag=1&platform=" + encoded(ARM));

        Image there = engine.elsewhere.images().get("app:1");
        assertThat(there.target()).isEqualTo(there.manifestDigest());
        assertThat(there.config().platform().architecture()).isEqualTo("arm64");
    }

    @Test
    void aPlatformIsPulledAloneAndOnlyItIsPushedAgain() throws Exception {
        build("[{\"Type\":\"registry\",\"Attrs\":{}}]");
        var index = engine.images().images().get(name).target();
        engine.images().images().remove(name, true);
        engine.images().collector().collect();

        post("/images/create?fromImage=" + name + "&platform=linux/arm64");

        assertThat(engine.images().images().get(name).config().platform().architecture())
                .isEqualTo("arm64");
        assertThat(engine.images().images().get(name).target()).isEqualTo(index);
        post("/images/" + name + "/tag?repo=" + name.replace("app:1", "part") + "&tag=1");
        String said = post("/images/" + name.replace("app:1", "part") + "/push?tag=1");
        assertThat(said).contains("\"manifestPushedInsteadOfIndex\":true");
        assertThat(engine.elsewhere.images().get("part:1").config().platform().architecture())
                .isEqualTo("arm64");
    }

    @Test
    void whoeverKeepsAnotherPlatformsImageLetsOthersFindIt() throws Exception {
        build("[{\"Type\":\"image\",\"Attrs\":{}}]");
        Image arm = engine.images().images().get(name, dev.longshore.images.Platform.parse("linux/arm64"));
        assertThat(engine.images().images().byId(arm.id())).isEmpty();

        engine.images().snapshots().prepare("engine-container", arm);
        var found = engine.images().snapshots().prepare("runtime-container", arm.id());

        assertThat(found.image().manifestDigest()).isEqualTo(arm.manifestDigest());
        assertThat(found.lowerDirectories().getFirst().toFile().list()).containsExactly("arm64");
    }

    private List<JsonNode> build(String outputs) throws Exception {
        return BuildExchange.build(
                engine.socket(), DOCKERFILE, "platform", BOTH, "t", name, "outputs", outputs, "progress", "events");
    }

    private JsonNode get(String target) throws Exception {
        return Json.parse(send("GET", target));
    }

    private String post(String target) throws Exception {
        return send("POST", target);
    }

    private String send(String method, String target) throws Exception {
        try (var dialer = HttpDialer.unix(engine.socket());
                var answer = dialer.exchange(
                        HttpDialer.Call.of(method, "/v1.50" + target, Headers.EMPTY), Duration.ofMinutes(1))) {
            String text = answer.text();
            assertThat(answer.status()).as(text).isBetween(200, 204);
            assertThat(text).doesNotContain("errorDetail");
            return text;
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
