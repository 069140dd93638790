package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What part of the cluster's processors each zone has, and how many of a Service's endpoints it is due. Pure.
///
/// @param parts by zone, one in sum; there are two zones at least
record ZoneShares(Map<String, Double> parts) {

    private static final String ZONE = "topology.kubernetes.io/zone";
    private static final String CONTROL = "node-role.kubernetes.io/control-plane";
    private static final String OLD_CONTROL = "node-role.kubernetes.io/master";

    /// No endpoint is to carry more than so much above its part.
    private static final double MOST_OVERLOAD = 0.2;

    ZoneShares {
        parts = new TreeMap<>(parts);
    }

    /// How many endpoints a zone is due.
    record Due(int fewest, int most, double wanted) {}

    /// The shares of the zones of ready nodes that run workloads; empty when there are fewer than two zones, or a
    /// node does not say where it is or what it has.
    static Optional<ZoneShares> of(Collection<Node> nodes) {
        var processors = new TreeMap<String, BigDecimal>();
        for (Node node : nodes) {
            Map<String, String> labels = node.getMetadata().getLabels() == null
                    ? Map.of()
                    : node.getMetadata().getLabels();
            if (labels.containsKey(CONTROL) || labels.containsKey(OLD_CONTROL) || !NodeTaints.isReady(node)) {
                continue;
            }
            BigDecimal amount = processors(node);
            String zone = labels.getOrDefault(ZONE, "");
            if (zone.isEmpty() || amount.signum() == 0) {
                return Optional.empty();
            }
            processors.merge(zone, amount, BigDecimal::add);
        }
        if (processors.size() < 2) {
            return Optional.empty();
        }
        double all = processors.values().stream()
                .mapToDouble(BigDecimal::doubleValue)
                .sum();
        var parts = new TreeMap<String, Double>();
        processors.forEach((zone, amount) -> parts.put(zone, amount.doubleValue() / all));
        return Optional.of(new ZoneShares(parts));
    }

    private static BigDecimal processors(Node node) {
        Map<String, Quantity> allocatable =
                node.getStatus() == null ? null : node.getStatus().getAllocatable();
        Quantity amount = allocatable == null ? null : allocatable.get("cpu");
        return amount == null ? BigDecimal.ZERO : amount.getNumericalAmount();
    }

    /// What each zone is due of `endpoints`; empty when no way of sharing them keeps every one from overload.
    Optional<Map<String, Due>> due(int endpoints) {
        var fewest = new TreeMap<String, Integer>();
        parts.forEach((zone, part) -> fewest.put(zone, fewest(part * endpoints)));
        int sum = fewest.values().stream().mapToInt(Integer::intValue).sum();
        if (sum > endpoints) {
            return Optional.empty();
        }
        var due = new TreeMap<String, Due>();
        fewest.forEach((zone, count) ->
                due.put(zone, new Due(count, count + endpoints - sum, Math.max(parts.get(zone) * endpoints, count))));
        return Optional.of(due);
    }

    /// True if a zone has fewer than it needs of the endpoints that are given to zones as `given` says.
    boolean areOverloaded(Map<String, Integer> given) {
        int all = given.values().stream().mapToInt(Integer::intValue).sum();
        return !given.isEmpty()
                && parts.entrySet().stream()
                        .anyMatch(part -> given.getOrDefault(part.getKey(), -1) < fewest(part.getValue() * all));
    }

    private static int fewest(double wanted) {
        return (int) Math.ceil(wanted * (1 / (1 + MOST_OVERLOAD)));
    }
}
