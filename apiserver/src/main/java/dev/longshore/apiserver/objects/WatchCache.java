package dev.longshore.apiserver.objects;

import dev.longshore.model.Fault;
import dev.longshore.model.FieldPath;
import dev.longshore.store.Key;
import dev.longshore.store.RangeResult;
import dev.longshore.store.Watcher;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/// The objects of one resource as bytes, what happened to them lately, and who wants to know.
///
/// ```
///   base            ring: the last changes, each with the state it left      current
///     │  ┌──┬──┬──┬──┬──┬──┬──┬──┬──┬──┬──┬──┬──┬──┬──┐                         │
///     ▼  │  │  │  │  │  │  │  │  │  │  │  │  │  │  │  ▼                         ▼
///  ──────┴──┴──┴──┴──┴──┴──┴──┴──┴──┴──┴──┴──┴──┴──┴──┴──────────────────────────────► revision
///     ▲                        ▲                                              ▲
///     │                        a list of an exact revision, the next page     lists, gets
///     a watch that starts before needs the store's history                    new watchers
/// ```
///
/// States are immutable trees that share what they have in common, so keeping one for each change costs some
/// nodes. Readers take a reference and need no lock. One thread applies ([Feed]); the lock is held to
/// change the ring and to hand references to subscribers, never for I/O, and comes before a subscription's own.
///
/// Made before the range is read and filled after: what happens in between waits in `pending`, which is as much
/// as is written during one read.
final class WatchCache {

    /// Changes that keep what was derived from them: watchers that are awake are not further behind.
    private static final int YOUNG = 64;

    private final List<FieldPath> fields;
    private final int prefixLength;
    private final LongSupplier applied;
    private final CacheLimits limits;
    private final Map<Interest, Set<Subscription>> subscriptions = new HashMap<>();
    private final Set<Subscription> members = new HashSet<>();
    private final Deque<Step> ring = new ArrayDeque<>();
    private final Deque<Change> young = new ArrayDeque<>();
    private final List<Watcher.Event> pending = new ArrayList<>();
    private boolean isFilled;
    private long filledAt;
    private boolean closed;
    private long ringBytes;
    private Snapshot base;
    private volatile Snapshot current;

    /// @param applied the revision up to which everything has been applied to all caches
    WatchCache(Keys keys, List<FieldPath> fields, LongSupplier applied, CacheLimits limits) {
        this.fields = fields;
        this.limits = limits;
        this.prefixLength = keys.range("").start().bytes().length;
        this.applied = applied;
        this.base = Snapshot.empty(fields, 0);
        this.current = base;
    }

    /// One change and the state after it.
    private record Step(Change change, Snapshot after) {}

    /// Takes over what was read from the store, and what has happened since.
    synchronized void fill(RangeResult read) {
        Snapshot state = Snapshot.empty(fields, read.revision());
        for (var entry : read.entries()) {
            var object = new StoredObject(entry.value(), entry.modRevision());
            state = state.with(entry.key(), Optional.empty(), Optional.of(object), read.revision());
        }
        base = state;
        current = state;
        filledAt = read.revision();
        isFilled = true;
        apply(List.copyOf(pending));
        pending.clear();
    }

    /// Applies what happened, in order, whole revisions only.
    synchronized void apply(Collection<Watcher.Event> events) {
        if (closed) {
            return;
        }
        if (!isFilled) {
            pending.addAll(events);
            return;
        }
        for (Watcher.Event event : events) {
            // What the store told before the range was read is in it.
            if (event.entry().modRevision() > filledAt) {
                apply(event);
            }
        }
    }

    /// The newest state, with the revision up to which it is known to be complete.
    Snapshot newest() {
        // In this order: what has been applied by now is in the state that is read after.
        long complete = applied.getAsLong();
        return current.at(complete);
    }

    /// One object as it was when last heard of.
    Optional<StoredObject> get(Key key) {
        return current.get(key);
    }

    /// The state at exactly `revision`; empty when that is too long ago to remember, or not here yet.
    synchronized Optional<Snapshot> at(long revision) {
        if (revision < base.revision() || revision > newest().revision()) {
            return Optional.empty();
        }
        Iterator<Step> backwards = ring.descendingIterator();
        while (backwards.hasNext()) {
            Step step = backwards.next();
            if (step.change.revision() <= revision) {
                return Optional.of(step.after.at(revision));
            }
        }
        return Optional.of(base.at(revision));
    }

    /// Adds a subscriber and gives it what it missed; false if the cache cannot tell that any more.
    synchronized boolean join(Subscription subscription) {
        if (closed) {
            subscription.end();
            return true;
        }
        if (subscription.after() < base.revision()) {
            return false;
        }
        for (Step step : ring) {
            boolean isNew = step.change.revision() > subscription.after();
            if (isNew && touched(step.change).contains(subscription.interest())) {
                subscription.offer(new Signal.Changed(step.change));
            }
        }
        members.add(subscription);
        subscriptions
                .computeIfAbsent(subscription.interest(), first -> new LinkedHashSet<>())
                .add(subscription);
        return true;
    }

    CacheLimits limits() {
        return limits;
    }

    synchronized void leave(Subscription subscription) {
        if (members.remove(subscription)) {
            Set<Subscription> alike = subscriptions.get(subscription.interest());
            alike.remove(subscription);
            if (alike.isEmpty()) {
                subscriptions.remove(subscription.interest());
            }
        }
    }

    /// Tells a subscriber how far it is. One that still reads history is not told: it is not that far.
    synchronized void progress(Subscription subscription) {
        if (members.contains(subscription)) {
            long complete = Math.max(newest().revision(), subscription.after());
            subscription.offer(new Signal.Progress(complete));
        }
    }

    /// Ends every subscription.
    synchronized void close(Optional<Fault> why) {
        closed = true;
        members.forEach(subscription -> subscription.offer(new Signal.Ended(why)));
        members.clear();
        subscriptions.clear();
        ring.clear();
        pending.clear();
    }

    private void apply(Watcher.Event event) {
        Key key = event.entry().key();
        long revision = event.entry().modRevision();
        Optional<StoredObject> before = current.get(key);
        Optional<StoredObject> now = Past.now(event);
        Snapshot after = current.with(key, before, now, revision);
        var change = new Change(key, now, before, revision);
        current = after;
        remember(change, after);
        if (!members.isEmpty()) {
            var signal = new Signal.Changed(change);
            for (Interest interest : touched(change)) {
                subscriptions.getOrDefault(interest, Set.of()).forEach(subscription -> subscription.offer(signal));
            }
        }
    }

    private void remember(Change change, Snapshot after) {
        ring.addLast(new Step(change, after));
        ringBytes += change.weight();
        while (ring.size() > limits.ring() || ringBytes > limits.ringBytes()) {
            Step oldest = ring.removeFirst();
            ringBytes -= oldest.change.weight();
            base = oldest.after;
        }
        young.addLast(change);
        if (young.size() > YOUNG) {
            young.removeFirst().forgetDerived();
        }
    }

    /// Every interest that `change` may concern.
    private Set<Interest> touched(Change change) {
        var interests = new HashSet<Interest>();
        interests.add(new Interest.Everything());
        interests.add(new Interest.Single(change.key()));
        String path = change.key().toString();
        int slash = path.indexOf('/', prefixLength);
        if (slash > 0) {
            interests.add(new Interest.Namespace(path.substring(prefixLength, slash)));
        }
        for (FieldPath field : fields) {
            change.stored().ifPresent(now -> interests.add(new Interest.Field(field, now.text(field))));
            change.last().ifPresent(before -> interests.add(new Interest.Field(field, before.text(field))));
        }
        return interests;
    }
}
