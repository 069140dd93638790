package dev.longshore.images.registry.storage;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Which blobs were pushed to which repositories in the last days, on disk: so a push goes on where it stood when the
/// process ended. A file a day (UTC), a line for each:
///
/// ```
/// + 1790000000 docker.io/library/app sha256:HEX     pushed, or mounted, at that second
/// - 1790000000 docker.io/library/app sha256:HEX     taken away again
/// ```
///
/// Not synced: when the machine itself breaks down, a client may have to send a blob again. Thread-safe, for a short
/// line is appended by one call.
final class PushJournal {

    private static final int DAYS_READ = 1;

    private final Path directory;
    private final Time time;

    PushJournal(Path directory, Time time) {
        this.directory = directory;
        this.time = time;
    }

    /// One line.
    record Entry(boolean isThere, Instant at, String repository, Digest digest) {}

    void linked(String repository, Digest digest) throws IOException {
        append('+', repository, digest);
    }

    void unlinked(String repository, Digest digest) throws IOException {
        append('-', repository, digest);
    }

    /// What was written today and yesterday, in order; older days are thrown away. A torn line is none.
    List<Entry> read() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        LocalDate oldest = today().minusDays(DAYS_READ);
        var found = new ArrayList<Entry>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                Optional<LocalDate> day = day(file);
                if (day.isPresent() && day.get().isBefore(oldest)) {
                    Files.deleteIfExists(file);
                } else if (day.isPresent()) {
                    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
                    text.lines().map(PushJournal::entry).forEach(entry -> entry.ifPresent(found::add));
                }
            }
        }
        return List.copyOf(found);
    }

    private void append(char what, String repository, Digest digest) throws IOException {
        Path file = directory.resolve(today().toString());
        byte[] line = "%c %d %s %s%n"
                .formatted(what, time.now().getEpochSecond(), repository, digest)
                .getBytes(StandardCharsets.UTF_8);
        if (!Files.exists(file)) {
            Files.createDirectories(directory);
            read(); // A new day: the oldest goes.
        }
        Files.write(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private LocalDate today() {
        return LocalDate.ofInstant(time.now(), ZoneOffset.UTC);
    }

    private static Optional<LocalDate> day(Path file) {
        try {
            return Optional.of(LocalDate.parse(file.getFileName().toString()));
        } catch (DateTimeException other) {
            return Optional.empty();
        }
    }

    private static Optional<Entry> entry(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != 4 || !words[0].matches("[+-]") || !words[1].matches("[0-9]{1,12}")) {
            return Optional.empty();
        }
        try {
            Instant at = Instant.ofEpochSecond(Long.parseLong(words[1]));
            return Optional.of(new Entry(words[0].equals("+"), at, words[2], Digest.parse(words[3])));
        } catch (IllegalArgumentException torn) {
            return Optional.empty();
        }
    }
}
