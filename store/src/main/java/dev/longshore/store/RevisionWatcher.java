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
///   live    the committer puts matching changes into `queue`; `position` follows every commit
///     │  queue full: what comes next is not queued, `position` stands still
///     ▼
///   behind  the reader first empties the queue, then reads history from `position` on, a chunk a call
///     │  history read up to the committed revision, checked under the lock that publishing takes
///     └────► live
/// ```
///
/// So a slow reader costs the writer nothing but a look at a flag, and the memory is bounded by [#QUEUE_LIMIT]
/// changes (whose values live elsewhere) plus those of one commit.
final class RevisionWatcher implements Watcher {

    /// Changes; a commit that finds fewer than this in the queue is queued whole.
    static final int QUEUE_LIMIT = 1024;

    private final WatchQuery query;
    private final Watchers watchers;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Change> queue = new ArrayDeque<>();
    private boolean live;
    private Optional<StoreFault> failure = Optional.empty();
    /// The first revision that is neither queued nor handed out.
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

    /// Called by the committer once `revision` is committed, with the changes since the last call.
    void publish(List<Change> changes, long revision) {
        lock.lock();
        try {
            if (!live || revision < position) {
                return;
            }
            int before = queue.size();
            for (Change change : changes) {
                if (change.version().revision >= position && query.range().contains(change.key())) {
                    if (before >= QUEUE_LIMIT) {
                        live = false;
                        return;
                    }
                    queue.add(change);
                }
            }
            position = revision + 1;
            if (queue.size() > before) {
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Batch> next(Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        while (true) {
            Step step;
            lock.lockInterruptibly();
            try {
                while (failure.isEmpty() && live && queue.isEmpty() && left > 0) {
                    left = changed.awaitNanos(left);
                }
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
        if (!queue.isEmpty()) {
            reported = live ? position - 1 : queue.getLast().version().revision;
            var ready = new Step.Ready(List.copyOf(queue), reported);
            queue.clear();
            return ready;
        }
        if (!live) {
            return new Step.History(position);
        }
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
