package dev.longshore.runtime.internal;

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
/// `0.log.20260101-120000`, and its writer begins another; the oldest go. Nothing that was written between is
/// lost, for the writer goes on in the moved file until it opens the new one.
public final class LogRotation {

    private static final Logger log = LoggerFactory.getLogger(LogRotation.class);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final Time time;

    /// By the clock of `time`, which names the files that are moved aside.
    public LogRotation(Time time) {
        this.time = time;
    }

    /// Rotates the log of a running container if it is time to.
    ///
    /// @param reopening tells its writer to begin another file
    public void check(Path logFile, Reopening reopening, ContainerOptions.Log kept) {
        try {
            if (kept.largestBytes() >= 0 && Files.exists(logFile) && Files.size(logFile) > kept.largestBytes()) {
                rotate(logFile, reopening, kept.files());
            }
        } catch (IOException failure) {
            log.warn("{} could not be rotated: {}", logFile, failure.getMessage());
        }
    }

    private void rotate(Path logFile, Reopening reopening, int files) throws IOException {
        Path aside = logFile.resolveSibling(logFile.getFileName() + "." + STAMP.format(time.now()));
        if (Files.exists(aside)) {
            return;
        }
        Files.move(logFile, aside);
        reopening.reopen();
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

    /// Tells a log's writer that its file has been moved.
    @FunctionalInterface
    public interface Reopening {
        void reopen() throws IOException;
    }
}
