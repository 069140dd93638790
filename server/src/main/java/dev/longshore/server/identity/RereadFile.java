package dev.longshore.server.identity;

import dev.longshore.base.FollowedFiles;
import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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

    private final FollowedFiles files;
    private volatile T value;

    /// Reads `files` at once.
    ///
    /// @throws IOException when that cannot be done, or they make no sense
    public RereadFile(List<Path> files, Reading<T> reading, Time time) throws IOException {
        FollowedFiles.Content known = FollowedFiles.read(files);
        this.value = reading.read();
        this.files = new FollowedFiles(files, known, PAUSE, new Rereading(files, reading), time);
    }

    /// Reads the files, whose names it knows.
    public interface Reading<T> {
        /// @throws IOException when they cannot be read, or make no sense
        T read() throws IOException;
    }

    @Override
    public T get() {
        files.look();
        return value;
    }

    private final class Rereading implements FollowedFiles.Reader {
        private final List<Path> names;
        private final Reading<T> reading;

        Rereading(List<Path> names, Reading<T> reading) {
            this.names = List.copyOf(names);
            this.reading = reading;
        }

        @Override
        public boolean changed(FollowedFiles.Content now) {
            try {
                value = reading.read();
                log.info("read {} again", names);
            } catch (IOException unusable) {
                unreadable(unusable);
            }
            return true;
        }

        @Override
        public void unreadable(IOException why) {
            log.error("{} cannot be used, and what was there before holds: {}", names, why.getMessage());
        }
    }
}
