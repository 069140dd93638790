package dev.longshore.autoscaler;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Nodes that could go, and since when: one that could not at any look begins anew.
final class UnneededNodes {

    private record Unneeded(Removal removal, Instant since) {}

    private final Map<String, Unneeded> byName = new TreeMap<>();

    void update(Collection<Removal> removable, Instant now) {
        var fresh = new TreeMap<String, Unneeded>();
        for (Removal removal : removable) {
            Unneeded before = byName.get(removal.name());
            fresh.put(removal.name(), new Unneeded(removal, before == null ? now : before.since));
        }
        byName.clear();
        byName.putAll(fresh);
    }

    void clear() {
        byName.clear();
    }

    boolean contains(String node) {
        return byName.containsKey(node);
    }

    /// By name.
    List<Removal> all() {
        var all = new ArrayList<Removal>();
        byName.values().forEach(unneeded -> all.add(unneeded.removal));
        return all;
    }

    /// For how long `node` has been unneeded.
    Optional<Duration> age(String node, Instant now) {
        return Optional.ofNullable(byName.get(node)).map(unneeded -> Duration.between(unneeded.since, now));
    }
}
