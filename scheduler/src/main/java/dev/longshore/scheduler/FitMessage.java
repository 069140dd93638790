package dev.longshore.scheduler;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Why no node will do, in Kubernetes' words: `0/3 nodes are available: 1 Insufficient cpu, 2 Too many pods.`
final class FitMessage {

    private FitMessage() {}

    /// @param nodes how many there are
    /// @param reasons each as often as it was given
    static String of(int nodes, List<String> reasons) {
        Map<String, Long> counts =
                reasons.stream().collect(Collectors.groupingBy(reason -> reason, TreeMap::new, Collectors.counting()));
        String counted = counts.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .sorted()
                .collect(Collectors.joining(", "));
        return "0/%d nodes are available: %s.".formatted(nodes, counted);
    }
}
