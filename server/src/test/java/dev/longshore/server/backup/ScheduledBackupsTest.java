package dev.longshore.server.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.model.MetricFamily;
import dev.longshore.server.config.SnapshotPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScheduledBackupsTest {

    private static final Duration SIX_HOURS = Duration.ofHours(6);

    @TempDir
    Path root;

    private final ManualTime time = new ManualTime();
    private boolean isDiskFull;
    private byte[] backup;
    private ScheduledBackups scheduled;

    @BeforeEach
    void prepare() throws IOException {
        backup = Fixture.in(root).backup(time, 10);
        scheduled = scheduled();
    }

    @AfterEach
    void close() {
        scheduled.close();
    }

    @Test
    void takesOneEverySixHoursAndKeepsTheNewest() {
        scheduled.start();
        assertThat(scheduled.taken()).isEmpty();
        time.advance(Duration.ofMinutes(1));
        assertThat(scheduled.taken()).hasSize(1);
        Path first = scheduled.taken().getFirst();

        for (int i = 0; i < 3; i++) {
            time.advance(SIX_HOURS);
        }
        assertThat(scheduled.taken()).hasSize(3).doesNotContain(first);
        assertThat(scheduled.failure()).isEmpty();
    }

    @Test
    void aServerThatIsStartedOftenTakesNoMoreOfThem() {
        scheduled.start();
        time.advance(Duration.ofMinutes(1));
        for (int i = 0; i < 5; i++) {
            scheduled.close();
            scheduled = scheduled();
            scheduled.start();
            time.advance(Duration.ofHours(1));
        }
        assertThat(scheduled.taken()).hasSize(1);
        time.advance(Duration.ofHours(1));
        assertThat(scheduled.taken()).hasSize(2);
    }

    @Test
    void oneThatFailsIsShownAndTakenAtTheNextTurn() {
        isDiskFull = true;
        scheduled.start();
        time.advance(Duration.ofMinutes(1));
        assertThat(scheduled.failure()).contains("No space left on device");
        assertThat(scheduled.taken()).isEmpty();

        isDiskFull = false;
        time.advance(SIX_HOURS);
        assertThat(scheduled.failure()).isEmpty();
        assertThat(scheduled.taken()).hasSize(1);
    }

    @Test
    void anythingElseInTheDirectoryStays() throws IOException {
        Path directory = Files.createDirectories(root.resolve("snapshots"));
        List<Path> others = List.of(
                Files.createFile(directory.resolve("longshore-by-hand.backup")),
                Files.createFile(directory.resolve("a-first")));
        scheduled.start();
        time.advance(Duration.ofMinutes(1));
        for (int i = 0; i < 4; i++) {
            time.advance(SIX_HOURS);
        }
        assertThat(others).allMatch(Files::exists);
        assertThat(scheduled.taken()).hasSize(3).doesNotContainAnyElementsOf(others);
    }

    @Test
    void whatAKilledServerHasBegunIsRemoved() throws IOException {
        Path directory = Files.createDirectories(root.resolve("snapshots"));
        Path begun = Files.createFile(directory.resolve(".longshore-20251231T000000Z.backup.partial"));
        Path other = Files.createFile(directory.resolve(".mine.backup.partial"));
        scheduled.start();
        time.advance(Duration.ofMinutes(1));

        assertThat(begun).doesNotExist();
        assertThat(other).exists();
        assertThat(scheduled.taken()).hasSize(1);
    }

    @Test
    void measuresHowManyWereTakenAndWhenTheNewestWas() {
        assertThat(scheduled.metrics()).isEmpty();
        isDiskFull = true;
        scheduled.start();
        time.advance(Duration.ofMinutes(1));
        isDiskFull = false;
        time.advance(SIX_HOURS);

        List<String> by = List.of("result");
        assertThat(scheduled.metrics().getFirst().samples())
                .containsExactlyInAnyOrder(
                        new MetricFamily.Sample(by, List.of("failure"), 1),
                        new MetricFamily.Sample(by, List.of("success"), 1));
        assertThat(scheduled.metrics().getLast().name()).isEqualTo("longshore_snapshot_newest_timestamp_seconds");
        assertThat(scheduled.metrics().getLast().samples().getFirst().value())
                .isEqualTo(time.now().getEpochSecond());
    }

    @Test
    void anEndIsAnEnd() {
        scheduled.start();
        scheduled.close();
        time.advance(SIX_HOURS);
        assertThat(scheduled.taken()).isEmpty();
    }

    private ScheduledBackups scheduled() {
        return new ScheduledBackups(
                root.resolve("snapshots"),
                new SnapshotPlan(SIX_HOURS, 3),
                file -> BackupFile.write(file, Optional.empty(), out -> {
                    if (isDiskFull) {
                        throw new IOException("No space left on device");
                    }
                    out.write(backup);
                }),
                time);
    }
}
