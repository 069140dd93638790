package dev.longshore.controllers;

import dev.longshore.base.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// When each node was last heard of, by our own clock: node clocks may be wrong, and heartbeats from before
/// this process started say nothing of now. Not thread-safe.
final class NodeHeartbeats {

    /// Without a heartbeat for so long a node is no longer trusted.
    static final Duration GRACE = Duration.ofSeconds(50);

    /// The same for one that has just been made.
    static final Duration FIRST_GRACE = Duration.ofSeconds(60);

    private final Time time;
    private final Map<String, Heard> nodes = new HashMap<>();

    NodeHeartbeats(Time time) {
        this.time = time;
    }

    /// The newest heartbeat of `node` says `stamp`.
    ///
    /// @param isNew it has never said whether it is ready
    /// @return how much of the grace is left; zero or negative when it is over
    Duration heard(String node, String stamp, boolean isNew) {
        Heard last = nodes.get(node);
        if (last == null || !last.stamp.equals(stamp)) {
            last = new Heard(stamp, time.nanoTime());
            nodes.put(node, last);
        }
        return (isNew ? FIRST_GRACE : GRACE).minusNanos(time.nanoTime() - last.at);
    }

    /// `node` is gone.
    void forget(String node) {
        nodes.remove(node);
    }

    /// Every node gets its grace anew.
    void forgetAll() {
        nodes.clear();
    }

    private record Heard(String stamp, long at) {}
}
