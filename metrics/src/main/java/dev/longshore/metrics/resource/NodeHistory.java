package dev.longshore.metrics.resource;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The last two readings of one node, and what follows from them. Immutable.
///
/// ```
/// reading 1 ───── reading 2          usage of 2 since 1, over the window between
///                 reading 2 ── ✗ ── reading 3      a kubelet that did not answer widens the window,
///                                                  and nothing is told of its pods meanwhile
/// container starts ──── reading      a young container's first window begins with its start
/// ```
record NodeHistory(Reading last, Reading before, Duration resolution) {

    /// Of a shorter life nothing reliable can be said.
    private static final Duration YOUNGEST = Duration.ofSeconds(10);

    private static final Reading NOTHING = new Reading(Optional.empty(), Map.of());

    /// After the first reading of a node.
    static NodeHistory of(Reading first, Duration resolution) {
        return new NodeHistory(NOTHING, NOTHING, resolution).then(first);
    }

    /// After one more reading.
    NodeHistory then(Reading next) {
        var pods = new HashMap<PodKey, Map<String, Point>>();
        next.pods().forEach((pod, containers) -> {
            var basis = new HashMap<String, Point>();
            containers.forEach((name, point) -> basis(pod, name, point).ifPresent(from -> basis.put(name, from)));
            pods.put(pod, Map.copyOf(basis));
        });
        return new NodeHistory(next, new Reading(next.node().flatMap(this::nodeBasis), pods), resolution);
    }

    private Optional<Point> nodeBasis(Point point) {
        return last.node().flatMap(earlier -> point.at().isAfter(earlier.at()) ? last.node() : before.node());
    }

    private Optional<Point> basis(PodKey pod, String container, Point point) {
        Duration age = Duration.between(point.start(), point.at());
        boolean isYoung = age.compareTo(resolution) < 0 && age.compareTo(youngest()) >= 0;
        if (isYoung) {
            return Optional.of(point.begun());
        }
        // What started later than it was last seen is another container, though it is called the same.
        return find(last, pod, container)
                .filter(earlier -> point.start().isBefore(earlier.at()))
                .flatMap(earlier -> point.at().isAfter(earlier.at())
                        ? Optional.of(earlier)
                        : find(before, pod, container)
                                .filter(older -> older.at().isBefore(point.at())));
    }

    /// With finer readings, half of the time between two of them is as good as it gets.
    private Duration youngest() {
        Duration half = resolution.dividedBy(2);
        return half.compareTo(YOUNGEST) < 0 ? half : YOUNGEST;
    }

    private static Optional<Point> find(Reading reading, PodKey pod, String container) {
        return Optional.ofNullable(reading.pods().getOrDefault(pod, Map.of()).get(container));
    }

    /// What the machine uses.
    Optional<Usage> node() {
        return last.node().flatMap(now -> before.node().flatMap(now::since));
    }

    /// What the containers of a pod use; empty until all of them can be told.
    Map<String, Usage> pod(PodKey pod) {
        var all = new HashMap<String, Usage>();
        for (var container : last.pods().getOrDefault(pod, Map.of()).entrySet()) {
            Optional<Point> basis = find(before, pod, container.getKey());
            if (basis.isEmpty()) {
                return Map.of();
            }
            container.getValue().since(basis.get()).ifPresent(usage -> all.put(container.getKey(), usage));
        }
        return Map.copyOf(all);
    }
}
