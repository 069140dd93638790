package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.builder.cache.CacheDirectory;
import dev.longshore.builder.output.Outputs;
import dev.longshore.builder.progress.ClassicOutput;
import dev.longshore.builder.stage.Wishes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    private void export() throws Exception {
        here.builder()
                .build(
                        BuildRequest.tagged("app").giving(Outputs.USUAL),
                        here.context,
                        new ClassicOutput(here.said::append),
                        finished -> new CacheDirectory(cache)
                                .write(
                                        finished.result().steps(),
                                        here.images.content(),
                                        finished.result().lease()));
    }

    private Wishes importing() throws IOException {
        return Wishes.NONE.withCacheSources(List.of(new CacheDirectory(cache).read(there.images.content())));
    }
}
