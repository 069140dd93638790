package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.builder.cache.CacheDirectory;
import dev.longshore.builder.cache.CacheForm;
import dev.longshore.builder.output.Outputs;
import dev.longshore.builder.progress.ClassicOutput;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.images.LayerForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A cache that one machine writes and another reads.
class CacheTransportTest {

    private static final String DOCKERFILE = """
            FROM longshore.local/busybox
            COPY a /d/a
            RUN head -c 8 /dev/urandom | od -An -tx1 > /random
            LABEL x=y
            """;

    @TempDir
    private Path cache;

    private Workshop here;
    private Workshop there;

    @BeforeEach
    void open() throws Exception {
        here = Workshop.quick();
        there = Workshop.quick();
        here.write("a", "content").dockerfile(DOCKERFILE);
        there.write("a", "content").dockerfile(DOCKERFILE);
    }

    @AfterEach
    void close() throws Exception {
        if (here != null) {
            here.close();
            there.close();
        }
    }

    @Test
    void stepsDoneElsewhereAreNotDoneAgain() throws Exception {
        export();

        there.build("app", importing());

        assertThat(there.content("app", "/random")).isEqualTo(here.content("app", "/random"));
        assertThat(there.config("app").diffIds()).isEqualTo(here.config("app").diffIds());
        // What was read from it is this machine's own from then on.
        there.build("again");
        assertThat(there.content("again", "/random")).isEqualTo(here.content("app", "/random"));
    }

    @Test
    void whatReadsOtherFilesIsDoneAnew() throws Exception {
        export();
        there.write("a", "other");

        there.build("app", importing());

        assertThat(there.content("app", "/random")).isNotEqualTo(here.content("app", "/random"));
    }

    @Test
    void aDamagedCacheIsRefusedAndADamagedLayerNotBelieved() throws Exception {
        assertThatThrownBy(this::importing).isInstanceOf(IOException.class).hasMessageContaining("no build cache in");
        export();
        try (var blobs = Files.list(cache.resolve("blobs/sha256"))) {
            for (Path blob : blobs.toList()) {
                byte[] bytes = Files.readAllBytes(blob);
                if (bytes[0] == 0x1f) {
                    bytes[bytes.length - 1] ^= 1;
                    Files.write(blob, bytes);
                }
            }
        }

        assertThatThrownBy(() -> there.build("app", importing())).hasMessageContaining("sha256:");
        assertThat(there.images.images().find("app")).isEmpty();
    }

    @Test
    void stepsWithoutLayersAreTakenAsWellSoThatTheImageIsTheSame() throws Exception {
        export();

        there.build("app", importing());

        assertThat(there.images.images().get("app").id())
                .isEqualTo(here.images.images().get("app").id());
        assertThat(there.said).doesNotContain("---> Running in");
    }

    @Test
    void layersMayTravelInAnotherFormAndTheCacheAsAnIndex() throws Exception {
        export(CacheDirectory.USUAL_TAG, new CacheForm(false, true, Optional.of(LayerForm.parse("zstd", "3"))));
        try (var blobs = Files.list(cache.resolve("blobs/sha256"))) {
            assertThat(blobs.map(CacheTransportTest::begin))
                    .contains("28b52ffd")
                    .doesNotContain("1f8b0800");
        }

        there.build("app", importing());

        assertThat(there.content("app", "/random")).isEqualTo(here.content("app", "/random"));
        assertThat(there.config("app").diffIds()).isEqualTo(here.config("app").diffIds());
    }

    @Test
    void aDirectoryHasCachesByName() throws Exception {
        export("one", CacheForm.USUAL);
        here.dockerfile("FROM longshore.local/busybox\nLABEL another=one\n");
        export("two", CacheForm.USUAL);

        there.build("app", importing("one"));

        assertThat(there.content("app", "/random")).hasSize(25);
        assertThat(there.config("app").history().getLast().created())
                .isNotEqualTo(here.config("app").history().getLast().created());
        assertThatThrownBy(() -> importing("three")).hasMessageContaining("no build cache called three");
    }

    @Test
    void leadingToTheResultIsLessThanAll() throws Exception {
        here.dockerfile("""
                FROM longshore.local/busybox AS build
                RUN echo made > /made
                FROM scratch
                COPY --from=build /made /
                LABEL x=y
                """);

        here.builder()
                .build(BuildRequest.tagged("app"), here.context, new ClassicOutput(here.said::append), finished -> {
                    BuildResult result = finished.result();
                    assertThat(result.steps()).hasSize(3).containsAll(result.resultSteps());
                    assertThat(result.resultSteps())
                            .extracting(step -> step.record().layer().isPresent())
                            .containsExactly(true, false);
                });
    }

    private static String begin(Path file) {
        try (var in = Files.newInputStream(file)) {
            return java.util.HexFormat.of().formatHex(in.readNBytes(4));
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    private void export() throws Exception {
        export(CacheDirectory.USUAL_TAG, CacheForm.USUAL);
    }

    private void export(String tag, CacheForm form) throws Exception {
        here.builder()
                .build(
                        BuildRequest.tagged("app").giving(Outputs.USUAL),
                        here.context,
                        new ClassicOutput(here.said::append),
                        finished -> new CacheDirectory(cache, tag)
                                .write(
                                        finished.result().steps(),
                                        form,
                                        here.images.content(),
                                        finished.result().lease()));
    }

    private Wishes importing() throws IOException, InterruptedException {
        return importing(CacheDirectory.USUAL_TAG);
    }

    private Wishes importing(String tag) throws IOException, InterruptedException {
        return Wishes.NONE.withCacheSources(
                List.of(new CacheDirectory(cache, tag).read(Optional.empty(), there.images.content())));
    }
}
