package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerLogsTest {

    @TempDir
    private Path directory;

    private Path log;

    @BeforeEach
    void write() throws Exception {
        log = directory.resolve("container.log");
        Files.writeString(directory.resolve("container.log.20260101-000000"), """
                2026-01-01T00:00:01.000000000+00:00 stdout F one
                """);
        Files.writeString(log, """
                2026-01-01T00:00:02.000000000+00:00 stderr F two
                2026-01-01T00:00:03.000000000+00:00 stdout P thr
                2026-01-01T00:00:03.500000000+00:00 stdout F ee
                2026-01-01T00:00:04.123456789+00:00 stdout F four
                """);
    }

    private static ContainerLogs.Wanted all() {
        return new ContainerLogs.Wanted(false, Optional.empty(), Optional.empty(), -1, false, "");
    }

    private String read(ContainerLogs.Wanted wanted, int... streams) throws Exception {
        var out = new ByteArrayOutputStream();
        var outputs = new java.util.HashMap<Integer, OutputStream>();
        for (int stream : streams) {
            outputs.put(stream, out);
        }
        new ContainerLogs(log, wanted, outputs, Time.system()).copy(() -> false);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void readsOlderFilesFirstAndJoinsWhatWasCut() throws Exception {
        assertThat(read(all(), 1, 2)).isEqualTo("one\ntwo\nthree\nfour\n");
    }

    @Test
    void leavesOutTheStreamThatIsNotAskedFor() throws Exception {
        assertThat(read(all(), 2)).isEqualTo("two\n");
    }

    @Test
    void takesTheLastOnesOfTheStreamsThatAreAskedFor() throws Exception {
        var wanted = new ContainerLogs.Wanted(false, Optional.empty(), Optional.empty(), 1, false, "");

        assertThat(read(wanted, 1)).isEqualTo("four\n");
        assertThat(read(wanted, 2)).isEqualTo("two\n");
        assertThat(read(new ContainerLogs.Wanted(false, Optional.empty(), Optional.empty(), 0, false, ""), 1))
                .isEmpty();
    }

    @Test
    void takesASpanOfTime() throws Exception {
        var wanted = new ContainerLogs.Wanted(
                false,
                Optional.of(Instant.parse("2026-01-01T00:00:02Z")),
                Optional.of(Instant.parse("2026-01-01T00:00:03.999Z")),
                -1,
                false,
                "");

        assertThat(read(wanted, 1, 2)).isEqualTo("two\nthree\n");
    }

    @Test
    void putsTheTimeBeforeEachRecord() throws Exception {
        var wanted = new ContainerLogs.Wanted(false, Optional.empty(), Optional.empty(), 1, true, "");

        assertThat(read(wanted, 1)).isEqualTo("2026-01-01T00:00:04.123456789Z four\n");
    }

    @Test
    void followsUntilTheContainerHasEndedAndAllIsRead() throws Exception {
        var out = new ByteArrayOutputStream();
        var asked = new AtomicInteger();
        var wanted = new ContainerLogs.Wanted(true, Optional.empty(), Optional.empty(), 0, false, "");

        new ContainerLogs(log, wanted, Map.of(1, out), Time.system()).copy(() -> {
            if (asked.incrementAndGet() == 2) {
                append("2026-01-01T00:00:05.000000000+00:00 stdout F five\n");
            }
            return asked.get() < 3;
        });

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("five\n");
    }

    private void append(String line) {
        try {
            Files.writeString(log, line, java.nio.file.StandardOpenOption.APPEND);
        } catch (java.io.IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }
}
