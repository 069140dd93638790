package dev.longshore.apiserver.objects;

import dev.longshore.model.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// One watcher's share of a [WatchCache].
///
/// ```
///   past     reads the store's history, on its own thread and at its own pace
///     │ caught up with what the cache remembers
///     ▼
///   live     the cache puts changes into `queue`; the watcher takes all that wait
///     │ queue full ([CacheLimits])
///     ▼
///   ended    what is queued can still be read; then comes [Signal.Ended] with [Fault.Expired]
/// ```
///
/// So whoever reads slowly costs the cache one look at a full queue.
public final class Subscription implements AutoCloseable {

    private final WatchCache cache;
    private final Interest interest;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private List<Signal> queue = new ArrayList<>();
    private Optional<Past> past = Optional.empty();
    private long after;
    private long bytes;
    private boolean ended;

    Subscription(WatchCache cache, Interest interest, long after) {
        this.cache = cache;
        this.interest = interest;
        this.after = after;
    }

    /// All that has come, at least one signal; whoever calls has arranged for an end ([#end]), which limits the
    /// wait. One thread at a time.
    public List<Signal> next() throws InterruptedException {
        while (past.isPresent() && !isEnded()) {
            List<Signal> read = past.get().read(this);
            if (!read.isEmpty()) {
                return read;
            }
        }
        lock.lockInterruptibly();
        try {
            while (queue.isEmpty()) {
                arrived.await();
            }
            List<Signal> all = queue;
            queue = new ArrayList<>();
            bytes = 0;
            return all;
        } finally {
            lock.unlock();
        }
    }

    /// True once it was ended, whether or not all of it has been read.
    public boolean isEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /// Asks for a [Signal.Progress] at this point of the stream.
    public void requestProgress() {
        cache.progress(this);
    }

    /// Ends the stream behind what is queued.
    public void end() {
        offer(new Signal.Ended(Optional.empty()));
    }

    @Override
    public void close() {
        past.ifPresent(Past::close);
        cache.leave(this);
    }

    Interest interest() {
        return interest;
    }

    /// What came up to this revision is queued, or was known before.
    long after() {
        lock.lock();
        try {
            return after;
        } finally {
            lock.unlock();
        }
    }

    /// Begins with history: before anybody reads.
    void begin(Past history) {
        past = Optional.of(history);
    }

    /// History is read up to `revision`: from now on the cache tells, if it remembers what came after.
    void goLive(long revision) {
        lock.lock();
        try {
            after = revision;
        } finally {
            lock.unlock();
        }
        if (cache.join(this)) {
            past.ifPresent(Past::close);
            past = Optional.empty();
        }
    }

    void offer(Signal signal) {
        lock.lock();
        try {
            // The cache may be behind the list that the subscriber has read.
            if (ended || signal instanceof Signal.Changed(Change old) && old.revision() <= after) {
                return;
            }
            Signal next = signal;
            if (signal instanceof Signal.Changed(Change change)) {
                if (isFull(change)) {
                    next = new Signal.Ended(Optional.of(new Fault.Expired(
                            "too old resource version: %d (%d)".formatted(after, change.revision()))));
                } else {
                    after = change.revision() - 1;
                    bytes += change.weight();
                }
            }
            ended = next instanceof Signal.Ended;
            queue.add(next);
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    private boolean isFull(Change next) {
        CacheLimits limits = cache.limits();
        return queue.size() >= limits.queue() || !queue.isEmpty() && bytes + next.weight() > limits.queueBytes();
    }
}
