package dev.longshore.docker;

import static dev.longshore.docker.BuildExchange.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.http.HttpDialer;
import dev.longshore.images.Manifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The caches of `--cache-to` and `--cache-from`, with what BuildKit's can be told.
class BuildCachesTest {

    private static final String DOCKERFILE = """
            FROM scratch AS build
            COPY a /made
            LABEL of=build
            FROM scratch
            COPY --from=build /made /
            LABEL of=result
            """;
    private static final String PUSH = "[{\"Type\":\"registry\",\"Attrs\":{}}]";

    @TempDir
    private Path folder;

    private BuildingEngine engine;

    @BeforeEach
    void start() throws Exception {
        engine = new BuildingEngine();
    }

    @AfterEach
    void stop() throws Exception {
        if (engine != null) {
            engine.close();
        }
    }

    @Test
    void anImageHoldsItsOwnStepsIfAskedTo() throws Exception {
        String name = engine.registry + "/app:1";
        engine.build(DOCKERFILE, "t", name, "outputs", PUSH, "cacheto", "[{\"Type\":\"inline\"}]");
        String id = id(name);
        engine.forget();

        List<JsonNode> messages = engine.build(DOCKERFILE, "t", "app", "cachefrom", registry(name, ""));

        // The stage that files come from is done anew, the result is found.
        assertThat(cached(messages)).isEqualTo(2);
        assertThat(engine.images().images().get("app").config().history())
                .isEqualTo(engine.elsewhere.images().get("app:1").config().history());
        assertThat(id("app")).isNotEqualTo(id);
    }

    @Test
    void theArgumentOfOldAsksForTheSame() throws Exception {
        String name = engine.registry + "/app:1";
        engine.build(
                DOCKERFILE,
                "t",
                name,
                "outputs",
                PUSH,
                "platform",
                "linux/amd64,linux/arm64",
                "buildargs",
                "{\"BUILDKIT_INLINE_CACHE\":\"1\"}");
        engine.forget();

        List<JsonNode> messages = engine.build(
                DOCKERFILE, "t", "app", "platform", "linux/amd64,linux/arm64", "cachefrom", registry(name, ""));

        assertThat(cached(messages)).isEqualTo(4);
        engine.build(DOCKERFILE, "t", "local", "buildargs", "{\"BUILDKIT_INLINE_CACHE\":\"1\"}");
        assertThat(said(engine.build(DOCKERFILE, "t", "again", "cachefrom", "[\"local\",\"absent\"]")))
                .doesNotContain("[Warning]");
    }

    @Test
    void whatGoesAlongIsTheResultsStepsOrAll() throws Exception {
        for (String mode : List.of("min", "max")) {
            String place = engine.registry + "/cache:" + mode;
            engine.build(DOCKERFILE, "t", "app", "cacheto", registry(place, ",\"mode\":\"" + mode + "\""));
            engine.forget();

            List<JsonNode> messages = engine.build(DOCKERFILE, "t", "app", "cachefrom", registry(place, ""));

            assertThat(cached(messages)).as(mode).isEqualTo(mode.equals("min") ? 2 : 4);
            engine.forget();
        }
    }

    @Test
    void aCacheMayBeAnIndexOfLayersInOtherTypesAndForms() throws Exception {
        String place = engine.registry + "/cache:1";
        engine.build(
                DOCKERFILE,
                "t",
                "app",
                "cacheto",
                registry(place, ",\"mode\":\"max\",\"oci-mediatypes\":\"false\",\"compression\":\"zstd\""));
        var target = engine.elsewhere
                .images()
                .target(dev.longshore.images.Reference.parse("cache:1"))
                .orElseThrow();
        Manifest top = Manifest.parse(engine.elsewhere.content().read(target), "");
        assertThat(top.mediaType()).isEqualTo("application/vnd.docker.distribution.manifest.list.v2+json");
        assertThat(top.children())
                .extracting(child -> child.mediaType())
                .contains("application/vnd.oci.image.layer.v1.tar+zstd");
        engine.forget();

        assertThat(cached(engine.build(DOCKERFILE, "t", "app", "cachefrom", registry(place, ""))))
                .isEqualTo(4);
    }

    @Test
    void directoriesTakeTheSameWords() throws Exception {
        engine.build(
                DOCKERFILE,
                "t",
                "app",
                "cacheto",
                local(",\"mode\":\"max\",\"tag\":\"mine\",\"image-manifest\":\"false\""));
        engine.forget();

        assertThat(cached(engine.build(DOCKERFILE, "t", "app", "cachefrom", local(",\"tag\":\"mine\""))))
                .isEqualTo(4);
        assertThat(said(engine.build(DOCKERFILE, "t", "app", "cachefrom", local(""))))
                .contains("[Warning] a build cache is not used: there is no build cache called latest");
    }

    @Test
    void aCacheThatCannotBeWrittenFailsTheBuildUnlessThatIsIgnored() throws Exception {
        Files.writeString(folder.resolve("file"), "in the way");
        String place = "[{\"Type\":\"local\",\"Attrs\":{\"dest\":\"" + folder.resolve("file/cache") + "\"%s}}]";

        String answer = failing("cacheto", place.formatted(""));
        assertThat(answer).contains("\"error\"");
        assertThat(said(engine.build(DOCKERFILE, "t", "app", "cacheto", place.formatted(",\"ignore-error\":\"true\""))))
                .contains("[Warning] a build cache is not written");
    }

    @Test
    void whatACacheCannotBeIsSaid() throws Exception {
        assertThat(failing("cacheto", registry("a:1", ",\"mode\":\"mid\""))).contains("invalid cache mode \\\"mid\\\"");
        assertThat(failing("cacheto", registry("a:1", ",\"image-manifest\":\"true\",\"oci-mediatypes\":\"false\"")))
                .contains("invalid configuration for remote cache");
        assertThat(failing("cacheto", registry("a:1", ",\"compression\":\"lzma\"")))
                .contains("unsupported layer compression type");
        assertThat(failing("cachefrom", registry("a:1", ",\"mode\":\"max\""))).contains("does not know \\\"mode\\\"");
        assertThat(failing("cacheto", "[{\"Type\":\"gha\"}]")).contains("unknown build cache type");
    }

    private String failing(String... parameters) throws Exception {
        try (var dialer = HttpDialer.unix(engine.socket());
                var answer = dialer.exchange(BuildExchange.call(DOCKERFILE, parameters), Duration.ofMinutes(1))) {
            return answer.text();
        }
    }

    private String id(String name) throws Exception {
        return engine.images().images().get(name).id().toString();
    }

    private static String registry(String reference, String more) {
        return "[{\"Type\":\"registry\",\"Attrs\":{\"ref\":\"" + reference + "\"" + more + "}}]";
    }

    private String local(String more) {
        return "[{\"Type\":\"local\",\"Attrs\":{\"path\":\"" + folder.resolve("cache") + "\"" + more + "}}]";
    }

    private static long cached(List<JsonNode> messages) {
        assertThat(said(messages)).doesNotContain("[Warning]");
        return said(messages).lines().filter(" ---> Using cache"::equals).count();
    }
}
