package dev.longshore.runtime.linux;

import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps container logs from filling the disk: a log that has grown beyond a size is moved aside, as
/// `0.log.20260101-120000`, and conmon begins another; the oldest go. Nothing that was written between is lost,
/// for conmon writes on to the moved file until it opens the new one.
final class LogRotation {

    private static final Logger log = LoggerFactory.getLogger(LogRotation.class);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final long largest;
    private final int files;
    private final Time time;

    /// @param largest the size in bytes from which a log is moved aside
    /// @param files how many there are of one container at most
    LogRotation(long largest, int files, Time time) {
        this.largest = largest;
        this.files = files;
        this.time = time;
    }

    /// Rotates the log of a running container if it is time to.
    ///
    /// @param bundle where its conmon takes orders
    void check(Path logFile, Path bundle) {
        try {
            if (Files.exists(logFile) && Files.size(logFile) > largest) {
                rotate(logFile, bundle);
            }
        } catch (IOException failure) {
            log.warn("{} could not be rotated: {}", logFile, failure.getMessage());
        }
    }

    private void rotate(Path logFile, Path bundle) throws IOException {
        Path aside = logFile.resolveSibling(logFile.getFileName() + "." + STAMP.format(time.now()));
        if (Files.exists(aside)) {
            return;
        }
        Files.move(logFile, aside);
        new ConmonControl(bundle).reopenLog();
        List<Path> old = older(logFile);
        for (Path file : old.subList(0, Math.max(0, old.size() - files + 1))) {
            Files.deleteIfExists(file);
        }
    }

    private static List<Path> older(Path logFile) throws IOException {
        var old = new ArrayList<Path>();
        try (var siblings = Files.newDirectoryStream(logFile.getParent(), logFile.getFileName() + ".*")) {
            siblings.forEach(old::add);
        }
        old.sort(null);
        return old;
    }
}
