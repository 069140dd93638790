package dev.longshore.runtime.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.runtime.ContainerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogRotationTest {

    private static final ContainerOptions.Log KEPT = new ContainerOptions.Log(10, 4);

    private final ManualTime time = new ManualTime();
    private final LogRotation rotation = new LogRotation(time, Runnable::run);

    @TempDir
    Path directory;

    @Test
    void theNewestMovedFileIsPlainTheOthersAreCompressedAndTheOldestGo() throws IOException {
        for (int turn = 1; turn <= 6; turn++) {
            turn("turn " + turn + ", long enough\n");
        }

        List<Path> files = files();
        assertThat(files).hasSize(4);
        assertThat(files.getFirst().getFileName()).hasToString("0.log");
        assertThat(files.subList(1, 3))
                .allMatch(file -> file.toString().endsWith(".gz"))
                .extracting(LogRotationTest::unpacked)
                .containsExactly("turn 4, long enough\n", "turn 5, long enough\n");
        assertThat(files.getLast()).hasContent("turn 6, long enough\n");
    }

    @Test
    void halfACompressedFileIsMadeAnew() throws IOException {
        turn("first, long enough\n");
        Path aside = files().getLast();
        Files.writeString(directory.resolve(aside.getFileName() + ".tmp"), "half");

        turn("second, long enough\n");

        assertThat(files()).hasSize(3);
        assertThat(unpacked(files().get(1))).isEqualTo("first, long enough\n");
    }

    @Test
    void aSmallLogStays() throws IOException {
        turn("small\n");

        assertThat(files()).singleElement().satisfies(log -> assertThat(log).hasContent("small\n"));
    }

    private void turn(String text) throws IOException {
        Path log = directory.resolve("0.log");
        Files.writeString(log, text);
        time.advance(Duration.ofSeconds(1));
        rotation.check(log, () -> Files.createFile(log), KEPT);
    }

    private List<Path> files() throws IOException {
        try (var all = Files.list(directory)) {
            return all.sorted().toList();
        }
    }

    private static String unpacked(Path file) {
        try (var plain = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(plain.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException torn) {
            throw new UncheckedIOException(torn);
        }
    }
}
