package dev.longshore.server.backup;

import dev.longshore.base.Time;
import dev.longshore.model.Meters;
import dev.longshore.model.MetricFamily;
import dev.longshore.server.config.SnapshotPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a backup every so often into a directory of its own and removes the oldest. A server that is started
/// often takes no more of them: the next is due when the newest that is there is old enough. One that fails is
/// tried again at the next turn, and told once. Thread-safe.
public final class ScheduledBackups implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ScheduledBackups.class);

    private static final String PREFIX = "longshore-";
    private static final String SUFFIX = ".backup";
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /// After the start, when one is due: the server has enough to do at first.
    private static final Duration SOON = Duration.ofMinutes(1);

    /// Makes one backup.
    public interface Maker {
        /// In `file`, whole or not at all.
        BackupSummary make(Path file) throws IOException;
    }

    private static final Meters.Meter TAKEN =
            Meters.Meter.counter("longshore_snapshots_total", "Scheduled snapshots, by how they ended.", "result");

    private final Meters meters = new Meters();
    private final Path directory;
    private final SnapshotPlan plan;
    private final Maker maker;
    private final Time time;
    private Time.Timer timer = () -> {};
    private Optional<String> failure = Optional.empty();
    private boolean isClosed;

    /// Into `directory`, which is made when it is not there.
    public ScheduledBackups(Path directory, SnapshotPlan plan, Maker maker, Time time) {
        this.directory = directory;
        this.plan = plan;
        this.maker = maker;
        this.time = time;
    }

    /// Begins.
    public synchronized void start() {
        Duration left = newest().map(last -> Duration.between(time.now(), last.plus(plan.every())))
                .orElse(Duration.ZERO);
        // A clock that was set back must not keep the next one away for years.
        Duration wait = left.compareTo(plan.every()) > 0 ? plan.every() : left;
        schedule(wait.compareTo(SOON) < 0 ? SOON : wait);
    }

    /// Why the last one failed, if it did.
    public synchronized Optional<String> failure() {
        return failure;
    }

    /// Those that are there, oldest first.
    public List<Path> taken() {
        return taken(directory);
    }

    /// Those that are in `directory`, oldest first.
    public static List<Path> taken(Path directory) {
        return files(directory).stream()
                .filter(file -> instant(file).isPresent())
                .toList();
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> files = Files.isDirectory(directory) ? Files.list(directory) : Stream.empty()) {
            return files.sorted().toList();
        } catch (IOException | UncheckedIOException unreadable) {
            return List.of();
        }
    }

    /// How many were taken and failed, and when the newest was taken that is there.
    public List<MetricFamily> metrics() {
        var families = new ArrayList<>(meters.families());
        newest().ifPresent(at -> families.add(new MetricFamily(
                "longshore_snapshot_newest_timestamp_seconds",
                "gauge",
                "When the newest scheduled snapshot was taken that is there.",
                List.of(new MetricFamily.Sample(List.of(), List.of(), at.getEpochSecond())))));
        return families;
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        timer.cancel();
    }

    private synchronized void schedule(Duration wait) {
        if (!isClosed) {
            timer = time.schedule(wait, this::take);
        }
    }

    private void take() {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            removeUnfinished();
            Instant now = time.now().truncatedTo(ChronoUnit.SECONDS);
            BackupSummary made = maker.make(directory.resolve(PREFIX + STAMP.format(now) + SUFFIX));
            prune();
            log.debug("snapshot at revision {} taken", made.state().revision());
            succeeded();
        } catch (IOException | RuntimeException failed) {
            failed(failed);
        } finally {
            schedule(plan.every());
        }
    }

    /// What a killed server has begun holds keys, and room.
    private void removeUnfinished() throws IOException {
        for (Path file : files(directory)) {
            if (BackupFile.unfinished(file).flatMap(ScheduledBackups::instant).isPresent()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private synchronized void succeeded() {
        meters.count(TAKEN, "success");
        if (failure.isPresent()) {
            log.info("snapshots are taken again into {}", directory);
        }
        failure = Optional.empty();
    }

    private synchronized void failed(Exception why) {
        // A server that is stopping takes no more.
        if (isClosed) {
            return;
        }
        meters.count(TAKEN, "failure");
        String told = why.getMessage() == null ? why.toString() : why.getMessage();
        if (failure.isEmpty()) {
            log.error("no snapshot could be taken into {}, which is tried again: {}", directory, why.toString());
        }
        failure = Optional.of(told);
    }

    private void prune() throws IOException {
        List<Path> there = taken();
        for (Path file : there.subList(0, Math.max(0, there.size() - plan.keep()))) {
            Files.deleteIfExists(file);
        }
    }

    private Optional<Instant> newest() {
        List<Path> there = taken();
        return there.isEmpty() ? Optional.empty() : instant(there.getLast());
    }

    private static Optional<Instant> instant(Path file) {
        String name = file.getFileName().toString();
        if (!name.startsWith(PREFIX) || !name.endsWith(SUFFIX)) {
            return Optional.empty();
        }
        try {
            String stamp = name.substring(PREFIX.length(), name.length() - SUFFIX.length());
            return Optional.of(STAMP.parse(stamp, Instant::from));
        } catch (DateTimeException other) {
            return Optional.empty();
        }
    }
}
