package dev.longshore.images.distribution;

import dev.longshore.base.Time;
import dev.longshore.images.Descriptor;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A blob on its way: tells how far it has come every so many bytes, and breaks off when nothing comes for too
/// long.
final class Download extends FilterInputStream {

    private static final Logger log = LoggerFactory.getLogger(Download.class);
    private static final long STEP = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Descriptor blob;
    private final Progress progress;
    private final Time time;
    private final AtomicLong done = new AtomicLong();
    private long told;
    private Time.Timer watch;
    private boolean isClosed;

    /// @param at where in the blob `in` begins
    Download(InputStream in, Descriptor blob, long at, Progress progress, Time time) {
        super(in);
        this.blob = blob;
        this.progress = progress;
        this.time = time;
        done.set(at);
        told = at;
        watch(at);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        long now = done.addAndGet(Math.max(0, read));
        if (now - told >= STEP) {
            told = now;
            progress.at(blob.digest().shortHex(), "Downloading", now, blob.size());
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            isClosed = true;
            watch.cancel();
        }
        super.close();
    }

    private synchronized void watch(long before) {
        if (!isClosed) {
            watch = time.schedule(PATIENCE, () -> check(before));
        }
    }

    private void check(long before) {
        long now = done.get();
        if (now > before) {
            watch(now);
            return;
        }
        try {
            close(); // The reader's read ends with an exception.
        } catch (IOException already) {
            log.debug("{}: {}", blob.digest(), already.getMessage());
        }
    }
}
