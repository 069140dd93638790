package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.builder.stage.Wishes;
import dev.longshore.images.ImageConfig;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// SOURCE_DATE_EPOCH: the same digest from the same files, wherever and whenever.
class ReproducibleBuildTest {

    private static final Instant EPOCH = Instant.ofEpochSecond(1_600_000_000);
    private static final String DOCKERFILE = """
            FROM scratch AS files
            COPY a /d/a
            WORKDIR /w
            FROM longshore.local/busybox
            COPY --from=files / /
            RUN mkdir -p /made/deep && echo x > /made/deep/x && ln -s x /made/deep/link && rm -rf /home
            LABEL a=b
            """;

    private Workshop one;
    private Workshop other;

    @BeforeEach
    void open() throws Exception {
        one = Workshop.quick();
        other = Workshop.quick();
        for (Workshop workshop : new Workshop[] {one, other}) {
            workshop.write("a", "content").dockerfile(DOCKERFILE);
        }
        Files.setLastModifiedTime(
                other.context.resolve("a"), FileTime.from(Instant.now().minusSeconds(1000)));
    }

    @AfterEach
    void close() throws Exception {
        if (one != null) {
            one.close();
            other.close();
        }
    }

    @Test
    void twoBuildsOnTwoMachinesGiveTheSameDigest() throws Exception {
        Wishes wishes = Wishes.NONE
                .withArgument("SOURCE_DATE_EPOCH", String.valueOf(EPOCH.getEpochSecond()))
                .withRewrittenTimestamps();

        Built first = one.build("app", wishes);
        Built second = other.build("app", wishes);

        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.target()).isEqualTo(first.target());
        assertThat(one.config("app").created()).contains(EPOCH);
        assertThat(Files.getLastModifiedTime(
                                one.tree("app").find("/made/deep/x").orElseThrow())
                        .toInstant())
                .isEqualTo(EPOCH);
        Built again = one.build("app", wishes.withNoCache(Wishes.NoCache.ALWAYS));
        assertThat(again.target()).isEqualTo(first.target());
    }

    @Test
    void withoutRewritingOnlyWhatIsSaidOfTheImageIsAsOld() throws Exception {
        one.build("before");
        one.dockerfile("ARG SOURCE_DATE_EPOCH=" + EPOCH.getEpochSecond() + "\n" + DOCKERFILE);
        one.build("app");

        ImageConfig config = one.config("app");
        assertThat(config.created()).contains(EPOCH);
        assertThat(config.history())
                .allSatisfy(entry -> assertThat(entry.created().orElse(EPOCH)).isBeforeOrEqualTo(EPOCH));
        assertThat(config.diffIds()).isEqualTo(one.config("before").diffIds());
    }

    @Test
    void whatIsNoTimeIsRefusedAndNothingMeansNone() throws Exception {
        assertThatThrownBy(() -> one.build("app", Wishes.NONE.withArgument("SOURCE_DATE_EPOCH", "yesterday")))
                .hasMessageContaining("invalid SOURCE_DATE_EPOCH: yesterday is no number of seconds, nor the name");

        one.dockerfile("ARG SOURCE_DATE_EPOCH=" + EPOCH.getEpochSecond() + "\n" + DOCKERFILE);
        one.build("app", Wishes.NONE.withArgument("SOURCE_DATE_EPOCH", ""));
        assertThat(one.config("app").created().orElseThrow()).isAfter(EPOCH);
    }
}
