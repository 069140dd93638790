package dev.longshore.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A watcher is either live or behind.
///
/// ```
///   live    the committer puts matching changes into `queue`; between them, `Watchers.published` says how far it is
///     │  queue full: what comes next is not queued, `position` is where it begins
///     ▼
///   behind  the reader first empties the queue, then reads history from `position` on, a chunk a call
///     │  history read up to the committed revision, checked under the lock that publishing takes
///     └────► live
/// ```
///
/// So a slow reader costs the writer nothing but a look at a flag, and the memory is bounded by [#QUEUE_LIMIT]
/// changes (whose values live elsewhere) plus those of one commit.
final class RevisionWatcher implements EmbeddedWatcher {

    /// Changes; a commit that finds fewer than this in the queue is queued whole.
    static final int QUEUE_LIMIT = 1024;

    private final WatchQuery query;
    private final Watchers watchers;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Change> queue = new ArrayDeque<>();
    private volatile Runnable listener = () -> {};
    private boolean live;
    private boolean woken;
    private Optional<StoreFault> failure = Optional.empty();
    /// No revision before this one is wanted any more: it was handed out, or was before the watch began. While live,
    /// what is queued may lie behind it.
    private long position;
    /// Everything up to here was reported by a batch.
    private long reported;

    RevisionWatcher(WatchQuery query, Watchers watchers) {
        this.query = query;
        this.watchers = watchers;
    }

    /// Begins at `from`, which may lie in the past or in the future. `committed` is read after the watcher
    /// became known to the committer, so nothing falls between.
    void start(long from, long committed) {
        lock.lock();
        try {
            position = from;
            reported = from - 1;
            live = from > committed;
        } finally {
            lock.unlock();
        }
    }

    KeyRange range() {
        return query.range();
    }

    /// Called by the committer once they are committed, with the changes from revision `first` on. A watch of one
    /// key is only told that key's.
    void publish(List<Change> changes, long first) {
        KeyRange range = query.range();
        for (Change change : changes) {
            // Most commits are nothing to most watchers: they cost no lock.
            if (range.contains(change.key())) {
                if (offer(changes, first)) {
                    listener.run();
                }
                return;
            }
        }
    }

    /// True if the reader has not been told of it.
    private boolean offer(List<Change> changes, long first) {
        lock.lock();
        try {
            if (!live) {
                return false;
            }
            int before = queue.size();
            for (Change change : changes) {
                long revision = change.version().revision;
                if (revision >= position && query.range().contains(change.key())) {
                    if (before >= QUEUE_LIMIT) {
                        live = false;
                        position = Math.max(position, first);
                        return true;
                    }
                    queue.add(change);
                }
            }
            boolean isMore = queue.size() > before;
            if (isMore) {
                changed.signal();
            }
            return isMore;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void listen(Runnable news) {
        listener = news;
    }

    @Override
    public News news() {
        lock.lock();
        try {
            if (failure.isPresent() || woken || !queue.isEmpty()) {
                return News.AT_HAND;
            }
            return live ? News.NONE : News.IN_HISTORY;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        listener.run();
    }

    @Override
    public Optional<Batch> next(Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        while (true) {
            Step step;
            lock.lockInterruptibly();
            try {
                while (failure.isEmpty() && live && queue.isEmpty() && left > 0 && !woken) {
                    left = changed.awaitNanos(left);
                }
                woken = false;
                step = step();
            } finally {
                lock.unlock();
            }
            try {
                switch (step) {
                    case Step.Idle() -> {
                        return Optional.empty();
                    }
                    case Step.Ready(var changes, var upTo) -> {
                        return Optional.of(watchers.batch(query, changes, upTo));
                    }
                    case Step.History(long from) -> {
                        Optional<Batch> found = history(from);
                        if (found.isPresent()) {
                            return found;
                        }
                    }
                }
            } catch (StoreException e) {
                // What was taken from the queue is lost now: going on would leave a hole.
                fail(e.fault());
                throw e;
            }
        }
    }

    private Step step() {
        failure.ifPresent(fault -> {
            throw new StoreException(fault);
        });
        // Read before the queue: all up to there is in it, or was.
        long published = watchers.published();
        if (!queue.isEmpty()) {
            long newest = queue.getLast().version().revision;
            reported = live ? Math.max(published, newest) : newest;
            position = Math.max(position, reported + 1);
            var ready = new Step.Ready(List.copyOf(queue), reported);
            queue.clear();
            return ready;
        }
        if (!live) {
            return new Step.History(position);
        }
        position = Math.max(position, published + 1);
        if (reported < position - 1) {
            reported = position - 1;
            return new Step.Ready(List.of(), reported);
        }
        return new Step.Idle();
    }

    /// Reads a chunk of history; empty if there was nothing for this watcher in all of it.
    private Optional<Batch> history(long from) {
        long committed = watchers.committed();
        Watchers.Chunk chunk = watchers.history(query.range(), from, committed);
        lock.lock();
        try {
            position = chunk.upTo() + 1;
            // Publishing takes this lock after it moved the committed revision: what we do not see it will offer.
            live = position > watchers.committed();
            if (chunk.changes().isEmpty()) {
                return Optional.empty();
            }
            reported = chunk.upTo();
        } finally {
            lock.unlock();
        }
        return Optional.of(watchers.batch(query, chunk.changes(), chunk.upTo()));
    }

    @Override
    public void close() {
        fail(new StoreFault.Closed());
    }

    private void fail(StoreFault fault) {
        watchers.forget(this);
        lock.lock();
        try {
            failure = failure.or(() -> Optional.of(fault));
            queue.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        listener.run();
    }

    boolean isLive() {
        lock.lock();
        try {
            return live;
        } finally {
            lock.unlock();
        }
    }

    /// What the reader does next.
    private sealed interface Step {
        record Idle() implements Step {}

        record Ready(List<Change> changes, long upTo) implements Step {}

        record History(long from) implements Step {}
    }
}
