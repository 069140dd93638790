package dev.longshore.base;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// Small files that may change while a program runs. Whoever uses what they say has them looked at ([#look], which
/// costs a look at the clock as a rule), or they are looked at by themselves ([#start]); at most once in a while. What
/// counts is what is in them, not when it was written. Thread-safe.
public final class FollowedFiles implements AutoCloseable {

    private final List<Path> files;
    private final Duration pause;
    private final Reader reader;
    private final Time time;
    private final AtomicLong looked;
    private Digest known;
    private boolean isUnreadable;
    private Time.Timer timer = () -> {};
    private boolean isClosed;

    /// What files hold, in their order.
    public record Content(List<String> texts) {
        public Content {
            texts = List.copyOf(texts);
        }

        private Digest digest() {
            var all = new ByteArrayOutputStream();
            for (String text : texts) {
                all.writeBytes(Digest.sha256(text.getBytes(StandardCharsets.UTF_8))
                        .hex()
                        .getBytes(StandardCharsets.US_ASCII));
            }
            return Digest.sha256(all.toByteArray());
        }

        /// Never what they hold: that may be keys.
        @Override
        public String toString() {
            return texts.size() + " files";
        }
    }

    /// Is told of changes, one at a time.
    public interface Reader {
        /// They hold something else than before.
        ///
        /// @return false to be told once more at the next look
        boolean changed(Content now);

        /// One of them cannot be read; told once, until they can be again.
        void unreadable(IOException why);
    }

    /// Follows `files`, of which `known` is in use already.
    public FollowedFiles(List<Path> files, Content known, Duration pause, Reader reader, Time time) {
        this.files = List.copyOf(files);
        this.known = known.digest();
        this.pause = requireNonNull(pause, "pause");
        this.reader = requireNonNull(reader, "reader");
        this.time = requireNonNull(time, "time");
        this.looked = new AtomicLong(time.nanoTime());
    }

    /// What `files` hold now.
    public static Content read(List<Path> files) throws IOException {
        var texts = new ArrayList<String>();
        for (Path file : files) {
            texts.add(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        }
        return new Content(texts);
    }

    /// Looks whether they have changed, if that was long enough ago. Who comes meanwhile does not wait.
    public void look() {
        long now = time.nanoTime();
        long before = looked.get();
        if (now - before >= pause.toNanos() && looked.compareAndSet(before, now)) {
            lookNow();
        }
    }

    /// Looks whether they have changed.
    public synchronized void lookNow() {
        Content now;
        try {
            now = read(files);
        } catch (IOException why) {
            if (!isUnreadable) {
                isUnreadable = true;
                reader.unreadable(why);
            }
            return;
        }
        isUnreadable = false;
        Digest digest = now.digest();
        if (!digest.equals(known) && reader.changed(now)) {
            known = digest;
        }
    }

    /// From now on they are looked at by themselves.
    public void start() {
        schedule();
    }

    private synchronized void schedule() {
        if (!isClosed) {
            timer = time.schedule(pause, () -> {
                try {
                    lookNow();
                } finally {
                    schedule();
                }
            });
        }
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        timer.cancel();
    }
}
