package dev.longshore.images.registry.cache;

import dev.longshore.base.Digest;
import dev.longshore.images.BlobWriter;
import dev.longshore.images.ContentStore;
import dev.longshore.images.Descriptor;
import dev.longshore.images.distribution.BlobWatcher;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A blob on its way into the store, which any number of clients read while it comes. Its last byte is given away only
/// when the whole has been checked and stored: a client never gets all of something wrong, but a body that is too
/// short. One thread [fetches][BlobWatcher]; many read.
final class BlobArrival implements BlobWatcher {

    private static final int PATIENCE_MINUTES = 5;

    private final ContentStore content;
    private final Descriptor blob;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Runnable> afterwards = new ArrayList<>();
    private Optional<BlobWriter> writer = Optional.empty();
    private int attempt;
    private long readable;
    private boolean isOver;
    private Optional<Exception> failure = Optional.empty();

    BlobArrival(ContentStore content, Descriptor blob) {
        this.content = content;
        this.blob = blob;
    }

    @Override
    public void begins(BlobWriter fresh) {
        changing(() -> {
            writer = Optional.of(fresh);
            readable = 0;
            attempt++;
        });
    }

    @Override
    public void advances(long bytes) {
        changing(() -> readable = bytes);
    }

    /// True if `task` will be run by the fetching thread when the blob is here; false if it is over already.
    boolean then(Runnable task) {
        lock.lock();
        try {
            return !isOver && afterwards.add(task);
        } finally {
            lock.unlock();
        }
    }

    /// The blob is stored. Whoever waits for its end gets it after the tasks are done.
    void succeed() {
        boolean isDone = false;
        while (!isDone) {
            List<Runnable> tasks;
            lock.lock();
            try {
                tasks = List.copyOf(afterwards);
                afterwards.clear();
                isDone = tasks.isEmpty();
                isOver = isDone;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            tasks.forEach(Runnable::run);
        }
    }

    void fail(Exception why) {
        changing(() -> {
            failure = Optional.of(why);
            isOver = true;
        });
    }

    private void changing(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The blob's bytes from `offset` on, as they come.
    InputStream read(long offset) {
        return new Reader(offset);
    }

    private final class Reader extends InputStream {

        private final long from;
        private long at;
        private int joined;
        private Optional<FileChannel> file = Optional.empty();

        private Reader(long from) {
            this.from = from;
            this.at = from;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            long limit = awaitMore();
            if (at >= limit || length == 0) {
                return length == 0 ? 0 : -1;
            }
            int most = (int) Math.min(length, limit - at);
            int read = file.orElseThrow().read(ByteBuffer.wrap(bytes, offset, most), at);
            if (read < 0) {
                throw new IOException("blob " + digest() + " is shorter than it was");
            }
            at += read;
            return read;
        }

        @Override
        public void close() throws IOException {
            if (file.isPresent()) {
                file.get().close();
            }
        }

        /// Waits until there is more to read than `at`; returns where that ends.
        private long awaitMore() throws IOException {
            lock.lock();
            try {
                while (true) {
                    if (failure.isPresent()) {
                        throw new IOException("blob " + digest() + " did not come whole", failure.get());
                    }
                    long limit = isOver ? blob.size() : Math.min(readable, blob.size() - 1);
                    if (isOver || at < limit) {
                        open();
                        return limit;
                    }
                    if (!changed.await(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                        throw new IOException("blob " + digest() + " does not get on");
                    }
                }
            } catch (InterruptedException leaving) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            } finally {
                lock.unlock();
            }
        }

        /// A file that has got its name meanwhile is still the same file.
        private void open() throws IOException {
            if (file.isPresent() && joined == attempt) {
                return;
            }
            if (at > from) {
                throw new IOException("blob " + digest() + " comes from another source now");
            }
            close();
            file = Optional.of(
                    isOver || writer.isEmpty()
                            ? content.channel(digest())
                            : writer.get().along());
            joined = attempt;
        }

        private Digest digest() {
            return blob.digest();
        }
    }
}
