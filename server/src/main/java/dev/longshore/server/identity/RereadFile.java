package dev.longshore.server.identity;

import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What some files say, read again when one of them has changed: looked for at each use, once a second at most. While
/// they cannot be read, or make no sense, what they said before holds. Thread-safe.
///
/// @param <T> what is made of them
public final class RereadFile<T> implements Supplier<T> {

    private static final Logger log = LoggerFactory.getLogger(RereadFile.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final List<Path> files;
    private final Reading<T> reading;
    private final Time time;
    private List<Object> marks;
    private volatile T value;
    private volatile long looked;

    /// Reads `files` at once.
    ///
    /// @throws IOException when that cannot be done, or they make no sense
    public RereadFile(List<Path> files, Reading<T> reading, Time time) throws IOException {
        this.files = List.copyOf(files);
        this.reading = reading;
        this.time = time;
        this.marks = marks();
        this.value = reading.read();
        this.looked = time.nanoTime();
    }

    /// Reads the files, whose names it knows.
    public interface Reading<T> {
        /// @throws IOException when they cannot be read, or make no sense
        T read() throws IOException;
    }

    @Override
    public T get() {
        if (time.nanoTime() - looked >= PAUSE.toNanos()) {
            look();
        }
        return value;
    }

    private synchronized void look() {
        if (time.nanoTime() - looked < PAUSE.toNanos()) {
            return;
        }
        looked = time.nanoTime();
        try {
            List<Object> now = marks();
            if (!now.equals(marks)) {
                value = reading.read();
                marks = now;
                log.info("read {} again", files);
            }
        } catch (IOException unusable) {
            log.error("{} cannot be used, and what was there before holds: {}", files, unusable.getMessage());
        }
    }

    /// What is another when a file has been written or replaced.
    private List<Object> marks() throws IOException {
        var all = new ArrayList<Object>();
        for (Path file : files) {
            all.add(Files.getLastModifiedTime(file));
            all.add(Files.size(file));
            all.add(String.valueOf(Files.getAttribute(file, "unix:ino")));
        }
        return all;
    }
}
