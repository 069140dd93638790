package dev.longshore.runtime.linux;

import dev.longshore.base.Time;
import dev.longshore.runtime.ContainerOptions;
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

    private final Time time;

    LogRotation(Time time) {
        this.time = time;
    }

    /// Rotates the log of a running container if it is time to.
    ///
    /// @param bundle where its conmon takes orders
    void check(Path logFile, Path bundle, ContainerOptions.Log kept) {
        try {
            if (kept.largestBytes() >= 0 && Files.exists(logFile) && Files.size(logFile) > kept.largestBytes()) {
                rotate(logFile, bundle, kept.files());
            }
        } catch (IOException failure) {
            log.warn("{} could not be rotated: {}", logFile, failure.getMessage());
        }
    }

    private void rotate(Path logFile, Path bundle, int files) throws IOException {
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
