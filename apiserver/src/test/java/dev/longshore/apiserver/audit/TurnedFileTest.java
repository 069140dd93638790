package dev.longshore.apiserver.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TurnedFileTest {

    @TempDir
    private Path directory;

    private final ManualTime time = new ManualTime();

    @Test
    void aFileThatIsFullGetsTheNameOfItsTimeAndANewOneBegins() throws IOException {
        try (TurnedFile file = open(new OldFiles.Limits(0, 0, false), 10)) {
            file.write(bytes("12345\n"));
            time.advance(Duration.ofSeconds(1));
            file.write(bytes("6789\n"));
            file.write(bytes("abc\n"));
        }

        assertThat(names()).containsExactly("audit-2026-01-01T00-00-01.000.log", "audit.log");
        assertThat(directory.resolve("logs/audit.log")).hasContent("6789\nabc\n");
        for (Path each : List.of(
                directory.resolve("logs/audit.log"), directory.resolve("logs").resolve(names().getFirst()))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                    .isEqualTo("rw-------");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("logs"))))
                .isEqualTo("rwx------");
    }

    @Test
    void theFileGoesOnAfterARestartAndNoLineIsLargerThanIt() throws IOException {
        try (TurnedFile file = open(new OldFiles.Limits(0, 0, false), 10)) {
            file.write(bytes("one\n"));
        }
        try (TurnedFile file = open(new OldFiles.Limits(0, 0, false), 10)) {
            file.write(bytes("two\n"));
            assertThatThrownBy(() -> file.write(bytes("01234567890\n")))
                    .isInstanceOf(IOException.class)
                    .hasMessage("write length 12 exceeds maximum file size 10");
        }
        assertThat(directory.resolve("logs/audit.log")).hasContent("one\ntwo\n");
    }

    @Test
    void oldFilesAreCompressedAndOnlyTheNewestAndYoungestKept() throws IOException {
        OldFiles old = old(new OldFiles.Limits(2, 3, true));
        Files.createDirectories(directory.resolve("logs"));
        for (int day = 1; day <= 5; day++) {
            Files.writeString(directory.resolve("logs/audit-2026-01-0" + day + "T00-00-00.000.log"), "day " + day);
        }
        Files.writeString(directory.resolve("logs/audit-other.log"), "somebody else's");
        time.advance(Duration.ofDays(5));

        old.tidyNow();

        assertThat(names())
                .containsExactly(
                        "audit-2026-01-04T00-00-00.000.log.gz",
                        "audit-2026-01-05T00-00-00.000.log.gz",
                        "audit-other.log");
        try (var in = new GZIPInputStream(
                Files.newInputStream(directory.resolve("logs/audit-2026-01-05T00-00-00.000.log.gz")))) {
            assertThat(new String(in.readAllBytes(), US_ASCII)).isEqualTo("day 5");
        }
    }

    @Test
    void aFullDiskLosesTheLineAndLeavesNoHalfOfOne() throws IOException {
        Path full = Path.of("/dev/full");
        var tally = new AuditTally();
        var sink =
                new LogSink(TurnedFile.open(old(full, new OldFiles.Limits(0, 0, false)), Long.MAX_VALUE), true, tally);

        assertThat(sink.take(List.of(Events.named("lost")))).isFalse();
        assertThat(new ForgivingSink(sink).take(List.of(Events.named("lost too"))))
                .isTrue();
        sink.close();

        assertThat(tally.errors()).containsEntry("log", 2L);
    }

    @Test
    void anInterruptedRequestIsToldOfAllTheSame() throws IOException {
        try (TurnedFile file = open(new OldFiles.Limits(0, 0, false), 100)) {
            Thread.currentThread().interrupt();
            file.write(bytes("one\n"));
            assertThat(Thread.interrupted()).isTrue();
            file.write(bytes("two\n"));
        }
        assertThat(directory.resolve("logs/audit.log")).hasContent("one\ntwo\n");
    }

    private TurnedFile open(OldFiles.Limits limits, long largest) throws IOException {
        return TurnedFile.open(old(limits), largest);
    }

    private OldFiles old(OldFiles.Limits limits) {
        return old(directory.resolve("logs/audit.log"), limits);
    }

    private OldFiles old(Path file, OldFiles.Limits limits) {
        return new OldFiles(file, limits, time);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(directory.resolve("logs"))) {
            return all.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }
}
