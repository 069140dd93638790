package dev.longshore.apiserver.objects;

import dev.longshore.model.Fault;
import dev.longshore.store.KeyRange;
import dev.longshore.store.KeyValue;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.WatchQuery;
import dev.longshore.store.Watcher;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// One watch of the store, told to any number of subscribers.
///
/// ```
///   floor          the last RING changes             seen
///     │  ┌──┬──┬──┬──┬──┬──┬──┬──┬──┬──┬──┬──┬──┐    │
///     ▼  │  │  │  │  │  │  │  │  │  │  │  │  │  │    ▼
///  ──────┴──┴──┴──┴──┴──┴──┴──┴──┴──┴──┴──┴──┴──┴─────────► revision
/// ```
///
/// Who starts after `floor` gets the rest of the ring and then what comes. Who starts earlier cannot join: the
/// hub does not remember; [WatchHubs] gives it a hub of its own, which reads history.
///
/// One lock guards it all and is held only to hand references around.
final class WatchHub {

    private static final int RING = 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Watcher watcher;
    private final boolean closesWhenLeft;
    private final Deque<Change> ring = new ArrayDeque<>();
    private final Set<Subscription> subscriptions = new HashSet<>();
    private long floor;
    private long seen;
    private boolean closed;

    private WatchHub(Watcher watcher, long after, boolean closesWhenLeft) {
        this.watcher = watcher;
        this.closesWhenLeft = closesWhenLeft;
        this.floor = after;
        this.seen = after;
    }

    /// Begins to watch what comes after the revision `after`.
    ///
    /// @throws StoreException with [StoreFault.Compacted]
    static WatchHub start(Store store, KeyRange range, long after, boolean closesWhenLeft) {
        var hub = new WatchHub(store.watch(new WatchQuery(range, after + 1, true)), after, closesWhenLeft);
        Thread.ofVirtual().name("watch-hub").start(hub::run);
        return hub;
    }

    /// Subscribes to what comes after the revision `after`; empty if the hub cannot tell that any more.
    synchronized Optional<Subscription> join(long after) {
        if (closed || after < floor) {
            return Optional.empty();
        }
        var subscription = new Subscription(this, after);
        ring.forEach(change -> subscription.offer(new Signal.Changed(change)));
        subscriptions.add(subscription);
        return Optional.of(subscription);
    }

    synchronized void progress(Subscription subscription) {
        subscription.offer(new Signal.Progress(Math.max(seen, subscription.after())));
    }

    void leave(Subscription subscription) {
        boolean isOver;
        synchronized (this) {
            subscriptions.remove(subscription);
            isOver = closesWhenLeft && subscriptions.isEmpty();
        }
        if (isOver) {
            close(Optional.empty());
        }
    }

    synchronized boolean isClosed() {
        return closed;
    }

    void close(Optional<Fault> why) {
        synchronized (this) {
            closed = true;
            subscriptions.forEach(subscription -> subscription.offer(new Signal.Ended(why)));
            subscriptions.clear();
            ring.clear();
        }
        watcher.close();
    }

    private void run() {
        try {
            while (!isClosed()) {
                watcher.next(PATIENCE).ifPresent(this::publish);
            }
        } catch (StoreException broken) {
            close(ending(broken.fault()));
        } catch (InterruptedException stopped) {
            close(Optional.empty());
        }
    }

    private static Optional<Fault> ending(StoreFault fault) {
        return fault instanceof StoreFault.Compacted
                ? Optional.of(new Fault.Expired("The resourceVersion for the provided watch is too old."))
                : Optional.empty();
    }

    private synchronized void publish(Watcher.Batch batch) {
        for (Watcher.Event event : batch.events()) {
            Change change = change(event);
            ring.addLast(change);
            if (ring.size() > RING) {
                floor = ring.removeFirst().revision();
            }
            var signal = new Signal.Changed(change);
            subscriptions.forEach(subscription -> subscription.offer(signal));
        }
        seen = Math.max(seen, batch.revision());
    }

    private static Change change(Watcher.Event event) {
        KeyValue entry = event.entry();
        Optional<StoredObject> previous =
                event.previous().map(before -> new StoredObject(before.value(), before.modRevision()));
        Optional<StoredObject> now =
                switch (event) {
                    case Watcher.Event.Put _ -> Optional.of(new StoredObject(entry.value(), entry.modRevision()));
                    case Watcher.Event.Delete _ -> Optional.empty();
                };
        return new Change(entry.key().toString(), now, previous, entry.modRevision());
    }
}
