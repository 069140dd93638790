package dev.longshore.kubelet.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Time;
import dev.longshore.http.Query;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReaderTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:10Z");

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(directory.resolve("0.log"), """
                2026-01-01T00:00:01.000000001Z stdout F one
                2026-01-01T00:00:02Z stderr F two
                2026-01-01T00:00:03Z stdout P three and\s
                2026-01-01T00:00:04Z stdout F more
                2026-01-01T00:00:05+00:00 stdout F\s
                """);
    }

    @Test
    void joinsPartsOfALine() throws Exception {
        assertThat(read("")).isEqualTo("one\ntwo\nthree and more\n\n");
    }

    @Test
    void showsTimesOnceALine() throws Exception {
        assertThat(read("timestamps=true"))
                .isEqualTo("2026-01-01T00:00:01.000000001Z one\n2026-01-01T00:00:02.000000000Z two\n"
                        + "2026-01-01T00:00:03.000000000Z three and more\n2026-01-01T00:00:05.000000000Z \n");
    }

    @Test
    void beginsAtTheTail() throws Exception {
        assertThat(read("tailLines=1")).isEqualTo("\n");
        assertThat(read("tailLines=2")).isEqualTo("more\n\n");
        assertThat(read("tailLines=0")).isEmpty();
        assertThat(read("tailLines=100")).startsWith("one\n");
    }

    @Test
    void beginsAtATime() throws Exception {
        assertThat(read("sinceSeconds=6")).isEqualTo("more\n\n");
        assertThat(read("sinceTime=2026-01-01T00:00:04Z")).isEqualTo("more\n\n");
    }

    @Test
    void stopsAtALimit() throws Exception {
        assertThat(read("limitBytes=5")).isEqualTo("one\nt");
    }

    @Test
    void endsWithoutANewlineWhereTheLogDoes() throws Exception {
        Files.writeString(file, "2026-01-01T00:00:01Z stdout F one\n2026-01-01T00:00:02Z stdout F tw");

        assertThat(read("")).isEqualTo("one\ntw");
    }

    @Test
    void skipsWhatIsNoRecord() throws Exception {
        Files.writeString(file, "rubbish\n2026-01-01T00:00:01Z stdin F no\n\n2026-01-01T00:00:01Z stderr F:x one\n");

        assertThat(read("")).isEqualTo("one\n");
    }

    @Test
    void saysThatALogIsNotThere() throws Exception {
        Files.delete(file);

        assertThat(read("")).startsWith("failed to try resolving symlinks in path \"" + file + "\": lstat ");
    }

    @Test
    void readsRecordsLongerThanABlock() throws Exception {
        String text = "x".repeat(300_000);
        Files.writeString(file, "2026-01-01T00:00:01Z stdout F " + text + "\n2026-01-01T00:00:02Z stdout F end\n");

        assertThat(read("")).isEqualTo(text + "\nend\n");
        assertThat(read("tailLines=2&limitBytes=300003")).isEqualTo(text + "\nen");
    }

    @Test
    void followsThroughRotationUntilTheContainerEnds() throws Exception {
        var out = new ByteArrayOutputStream();
        var running = new AtomicBoolean(true);
        LogOptions options = LogOptions.of(Query.parse("follow=true"), NOW);
        Files.writeString(file, "");
        Thread follower = Thread.ofVirtual().start(() -> {
            try {
                new LogReader(Time.system(), options, out).copy(file, running::get);
            } catch (IOException | InterruptedException failure) {
                throw new AssertionError(failure);
            }
        });

        append("2026-01-01T00:00:06Z stdout F before\n");
        await().until(() -> out.toString(StandardCharsets.UTF_8).contains("before"));
        Files.move(file, directory.resolve("0.log.old"));
        append("2026-01-01T00:00:07Z stdout F after\n");
        await().until(() -> out.toString(StandardCharsets.UTF_8).contains("after"));
        append("2026-01-01T00:00:08Z stdout F last\n");
        running.set(false);

        follower.join();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("before\nafter\nlast\n");
    }

    @Test
    void goesThroughEveryFileThatWasMovedAsideWhileItReadSlowly() throws Exception {
        Files.writeString(directory.resolve("0.log.20251231-235959"), "2025-12-31T00:00:00Z stdout F older\n");

        assertThat(followed(() -> {
                    moveAside("0.log.20260101-000001");
                    compress("0.log.20260101-000001");
                    append("2026-01-01T00:00:02Z stdout F two\n");
                    moveAside("0.log.20260101-000002");
                    compress("0.log.20260101-000002");
                    append("2026-01-01T00:00:03Z stdout F three\n");
                    moveAside("0.log.20260101-000003");
                    append("2026-01-01T00:00:04Z stdout F four\n");
                }))
                .isEqualTo("one\ntwo\nthree\nfour\n");
    }

    @Test
    void goesOnWithTheOldestThatIsLeftWhenItsOwnFileIsDeleted() throws Exception {
        assertThat(followed(() -> {
                    Files.delete(file);
                    append("2026-01-01T00:00:03Z stdout F three\n");
                    moveAside("0.log.20260101-000003");
                    append("2026-01-01T00:00:04Z stdout F four\n");
                }))
                .isEqualTo("one\nthree\nfour\n");
    }

    @Test
    void endsWhenTheDirectoryGoesWhileItReadsAFileThatWasMovedAside() throws Exception {
        assertThat(followed(
                        () -> {
                            moveAside("0.log.20260101-000001");
                            append("2026-01-01T00:00:02Z stdout F two\n");
                            moveAside("0.log.20260101-000002");
                            append("2026-01-01T00:00:03Z stdout F three\n");
                        },
                        () -> {
                            Files.delete(file);
                            Files.delete(directory.resolve("0.log.20260101-000001"));
                            Files.delete(directory.resolve("0.log.20260101-000002"));
                            Files.delete(directory);
                        },
                        () -> {}))
                .isEqualTo("one\ntwo\n");
    }

    /// What happens while a log is read.
    @FunctionalInterface
    private interface Change {
        void make() throws IOException;
    }

    /// What is read of a log that begins with `one`: each time that all was read and it is asked whether the container
    /// still runs, the next change happens; with the last one the container ends.
    private String followed(Change... changes) throws Exception {
        var out = new ByteArrayOutputStream();
        Files.writeString(file, "2026-01-01T00:00:01Z stdout F one\n");
        var rounds = new AtomicInteger();
        new LogReader(Time.system(), LogOptions.of(Query.parse("follow=true"), NOW), out).copy(file, () -> {
            int round = rounds.getAndIncrement();
            try {
                if (round < changes.length) {
                    changes[round].make();
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            return round < changes.length - 1;
        });
        return out.toString(StandardCharsets.UTF_8);
    }

    private void moveAside(String name) throws IOException {
        Files.move(file, directory.resolve(name));
    }

    private void compress(String name) throws IOException {
        try (var packed = new GZIPOutputStream(Files.newOutputStream(directory.resolve(name + ".gz")))) {
            Files.copy(directory.resolve(name), packed);
        }
        Files.delete(directory.resolve(name));
    }

    private void append(String line) throws IOException {
        Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private String read(String query) throws Exception {
        var out = new ByteArrayOutputStream();
        new LogReader(Time.system(), LogOptions.of(Query.parse(query), NOW), out).copy(file, () -> false);
        return out.toString(StandardCharsets.UTF_8);
    }
}
