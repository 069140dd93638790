package dev.longshore.runtime.internal;

import dev.longshore.base.Time;
import dev.longshore.runtime.ContainerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps container logs from filling the disk, as the kubelet does: a log that has grown beyond a size is moved
/// aside, as `0.log.20260101-120000`, and its writer begins another; what was moved aside before that is compressed
/// then (`….gz`), and the oldest go. Nothing that was written between is lost, for the writer goes on in the moved
/// file until it opens the new one; that is why the newest of the moved files stays plain for one more turn. For one
/// thread; files are compressed beside it, so that whoever calls does not wait for that.
public final class LogRotation {

    private static final Logger log = LoggerFactory.getLogger(LogRotation.class);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private static final String COMPRESSED = ".gz";
    private static final String HALF = ".tmp";

    private final Time time;
    private final Executor aside;
    private final Set<Path> compressing = ConcurrentHashMap.newKeySet();

    /// By the clock of `time`, which names the files that are moved aside.
    public LogRotation(Time time) {
        this(time, Thread::startVirtualThread);
    }

    /// @param aside where files are compressed
    public LogRotation(Time time, Executor aside) {
        this.time = time;
        this.aside = aside;
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
        Path moved = logFile.resolveSibling(logFile.getFileName() + "." + STAMP.format(time.now()));
        if (Files.exists(moved)) {
            return;
        }
        List<Path> older = older(logFile);
        // One more is the log itself, and another what it is about to become.
        int excess = Math.max(0, older.size() - Math.max(0, files - 2));
        for (Path file : older.subList(0, excess)) {
            Files.deleteIfExists(file);
        }
        for (Path file : older.subList(excess, older.size())) {
            if (!file.toString().endsWith(COMPRESSED) && compressing.add(file)) {
                aside.execute(() -> compress(file));
            }
        }
        Files.move(logFile, moved);
        reopening.reopen();
    }

    private List<Path> older(Path logFile) throws IOException {
        var old = new ArrayList<Path>();
        try (var siblings = Files.newDirectoryStream(logFile.getParent(), logFile.getFileName() + ".*")) {
            for (Path file : siblings) {
                // Half a file, of a kubelet that ended meanwhile: the whole one is still there.
                if (file.toString().endsWith(HALF)) {
                    if (compressing.isEmpty()) {
                        Files.deleteIfExists(file);
                    }
                } else {
                    old.add(file);
                }
            }
        }
        old.sort(null);
        return old;
    }

    private void compress(Path file) {
        Path half = file.resolveSibling(file.getFileName() + HALF);
        try {
            Files.deleteIfExists(half);
            Files.createFile(half, PosixFilePermissions.asFileAttribute(Files.getPosixFilePermissions(file)));
            try (var packed = new GZIPOutputStream(Files.newOutputStream(half))) {
                Files.copy(file, packed);
            }
            Files.move(half, file.resolveSibling(file.getFileName() + COMPRESSED), StandardCopyOption.REPLACE_EXISTING);
            Files.delete(file);
        } catch (IOException failure) {
            log.warn("{} could not be compressed: {}", file, failure.getMessage());
        } finally {
            compressing.remove(file);
        }
    }

    /// Tells a log's writer that its file has been moved.
    @FunctionalInterface
    public interface Reopening {
        void reopen() throws IOException;
    }
}
