package dev.longshore.autoscaler;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// When nodes were last added and removed, and when removing one failed: for some time after, nothing is removed, from
/// the whole cluster or from that group only.
final class Cooldowns {

    private static final String ANY = "";

    private final ScaleDownOptions options;
    private final Map<String, Instant> added = new HashMap<>();
    private final Map<String, Instant> removed = new HashMap<>();
    private final Map<String, Instant> failed = new HashMap<>();

    Cooldowns(ScaleDownOptions options) {
        this.options = options;
    }

    void added(String group, Instant now) {
        note(added, group, now);
    }

    void removed(String group, Instant now) {
        note(removed, group, now);
    }

    void failed(String group, Instant now) {
        note(failed, group, now);
    }

    /// Whether nothing may be removed from `group` now.
    boolean isWaiting(String group, Instant now) {
        String key = options.isDelayLocal() ? group : ANY;
        return isWithin(added, key, options.afterAdd(), now)
                || isWithin(removed, key, options.afterDelete(), now)
                || isWithin(failed, key, options.afterFailure(), now);
    }

    private static void note(Map<String, Instant> map, String group, Instant now) {
        map.put(ANY, now);
        map.put(group, now);
    }

    private static boolean isWithin(Map<String, Instant> map, String key, Duration span, Instant now) {
        Instant last = map.get(key);
        return last != null && last.plus(span).isAfter(now);
    }
}
