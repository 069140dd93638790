package dev.longshore.kinds.admission;

import dev.longshore.base.Time;
import java.util.LinkedHashMap;
import java.util.Map;

/// One limit for events: a bucket of permissions for each key, filled as time goes by. Of many keys those that were
/// asked for last are known; another starts with a full bucket. Thread-safe.
final class EventLimit {

    private static final double NANOS = 1e9;

    private final EventLimits.Limit limit;
    private final Time time;
    private final Map<String, Bucket> buckets;

    /// What is left, and since when.
    private record Bucket(double left, long at) {}

    EventLimit(EventLimits.Limit limit, Time time) {
        this.limit = limit;
        this.time = time;
        this.buckets = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                return size() > limit.known();
            }
        };
    }

    String type() {
        return limit.type();
    }

    /// True if there was a permission left for `key`, which is taken.
    synchronized boolean takes(String key) {
        long now = time.nanoTime();
        Bucket known = buckets.get(key);
        double left = known == null
                ? limit.burst()
                : Math.min(limit.burst(), known.left + (now - known.at) / NANOS * limit.qps());
        boolean isTaken = left >= 1;
        buckets.put(key, new Bucket(isTaken ? left - 1 : left, now));
        return isTaken;
    }
}
