package dev.longshore.store;

import dev.longshore.base.Time;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/// The leases, their deadlines and the keys that hang on them. A lease is durable, its deadline is not: after a
/// restart every lease has its full time again, for the store cannot tell how long it was away and must not end
/// a lease too early. The committer's thread adds, removes and attaches; anyone may keep alive.
final class Leases {

    private final Map<Long, Held> held = new ConcurrentHashMap<>();
    private final Time time;
    private final LongConsumer expire;

    /// @param expire told the id of each lease whose time is over, on a timer's thread
    Leases(Time time, LongConsumer expire) {
        this.time = time;
        this.expire = expire;
    }

    void add(long id, Duration ttl) {
        var lease = new Held(id, ttl);
        held.put(id, lease);
        lease.renew();
    }

    void remove(long id) {
        Held lease = held.remove(id);
        if (lease != null) {
            lease.stop();
        }
    }

    boolean contains(long id) {
        return held.containsKey(id);
    }

    /// Whether its time is over, now.
    boolean isExpired(long id) {
        Held lease = held.get(id);
        return lease != null && lease.remaining().isZero();
    }

    void require(long id) {
        find(id);
    }

    Lease keepAlive(long id) {
        Held lease = find(id);
        if (lease.remaining().isZero()) {
            throw notFound(id);
        }
        lease.renew();
        return lease.view();
    }

    Lease view(long id) {
        return find(id).view();
    }

    /// In the order of their ids.
    List<Lease> all() {
        return held.values().stream()
                .map(Held::view)
                .sorted(Comparator.comparing(Lease::id))
                .toList();
    }

    /// Tries an expiry again that the disk refused.
    void retryExpiry(long id, Duration delay) {
        Held lease = held.get(id);
        if (lease != null) {
            lease.expireAfter(delay);
        }
    }

    /// The keys attached to a lease, in order.
    Collection<Key> keys(long id) {
        return List.copyOf(find(id).keys);
    }

    /// Follows one committed change.
    void follow(Change change) {
        long old = change.before().map(version -> version.lease).orElse(0L);
        long now = change.version().lease;
        if (old != now) {
            detach(old, change.key());
            attach(now, change.key());
        }
    }

    void attach(long id, Key key) {
        Held lease = held.get(id);
        if (lease != null) {
            lease.keys.add(key);
        }
    }

    void stop() {
        held.values().forEach(Held::stop);
    }

    private void detach(long id, Key key) {
        Held lease = held.get(id);
        if (lease != null) {
            lease.keys.remove(key);
        }
    }

    private Held find(long id) {
        Held lease = held.get(id);
        if (lease == null) {
            throw notFound(id);
        }
        return lease;
    }

    private static StoreException notFound(long id) {
        return new StoreException(new StoreFault.LeaseNotFound(id));
    }

    private final class Held {
        private final long id;
        private final Duration ttl;
        /// Touched by the committer's thread only.
        private final TreeSet<Key> keys = new TreeSet<>();

        private long deadline;
        private Time.Timer timer = () -> {};
        private boolean stopped;

        Held(long id, Duration ttl) {
            this.id = id;
            this.ttl = ttl;
        }

        synchronized void renew() {
            deadline = time.nanoTime() + ttl.toNanos();
            expireAfter(ttl);
        }

        synchronized void expireAfter(Duration delay) {
            timer.cancel();
            if (!stopped) {
                timer = time.schedule(delay, () -> expire.accept(id));
            }
        }

        synchronized Duration remaining() {
            long left = deadline - time.nanoTime();
            return left <= 0 ? Duration.ZERO : Duration.ofNanos(left);
        }

        synchronized void stop() {
            stopped = true;
            timer.cancel();
        }

        Lease view() {
            return new Lease(id, ttl, remaining());
        }
    }
}
