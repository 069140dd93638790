package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which taints a node's conditions call for, and when a pod has tolerated them for long enough. Pure.
final class NodeTaints {

    private static final String NOT_READY = "node.kubernetes.io/not-ready";
    private static final String UNREACHABLE = "node.kubernetes.io/unreachable";
    private static final String UNSCHEDULABLE = "node.kubernetes.io/unschedulable";
    private static final Map<String, String> PRESSURES = Map.of(
            "MemoryPressure", "node.kubernetes.io/memory-pressure",
            "DiskPressure", "node.kubernetes.io/disk-pressure",
            "PIDPressure", "node.kubernetes.io/pid-pressure",
            "NetworkUnavailable", "node.kubernetes.io/network-unavailable");

    private NodeTaints() {}

    /// True if it says that it is ready.
    static boolean isReady(Node node) {
        return ready(node).filter(ready -> "True".equals(ready.getStatus())).isPresent();
    }

    /// The condition Ready.
    static Optional<NodeCondition> ready(Node node) {
        return condition(node, "Ready");
    }

    /// The node's taints: those that are none of ours as they are, ours as its conditions say.
    static List<Taint> wanted(Node node, Instant now) {
        var wanted = new ArrayList<Taint>();
        String status = ready(node).map(NodeCondition::getStatus).orElse("Unknown");
        put(
                wanted,
                node,
                UNSCHEDULABLE,
                "NoSchedule",
                Boolean.TRUE.equals(node.getSpec().getUnschedulable()),
                null);
        put(wanted, node, NOT_READY, "NoSchedule", status.equals("False"), null);
        put(wanted, node, UNREACHABLE, "NoSchedule", status.equals("Unknown"), null);
        PRESSURES.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(pressure -> put(
                        wanted,
                        node,
                        pressure.getValue(),
                        "NoSchedule",
                        condition(node, pressure.getKey())
                                .filter(condition -> condition.getStatus().equals("True"))
                                .isPresent(),
                        null));
        String stamp = Instant.ofEpochSecond(now.getEpochSecond()).toString();
        put(wanted, node, NOT_READY, "NoExecute", status.equals("False"), stamp);
        put(wanted, node, UNREACHABLE, "NoExecute", status.equals("Unknown"), stamp);
        var result = new ArrayList<>(node.getSpec().getTaints());
        result.removeIf(taint -> isOurs(taint) && !wanted.contains(taint));
        wanted.stream().filter(taint -> !result.contains(taint)).forEach(result::add);
        return result;
    }

    /// True if `toleration` is one of `taint`.
    static boolean tolerates(Toleration toleration, Taint taint) {
        boolean isOfEffect = toleration.getEffect() == null
                || toleration.getEffect().isEmpty()
                || toleration.getEffect().equals(taint.getEffect());
        boolean isOfKey = toleration.getKey() == null
                || toleration.getKey().isEmpty()
                || toleration.getKey().equals(taint.getKey());
        boolean isOfValue = "Exists".equals(toleration.getOperator())
                || java.util.Objects.equals(emptyIfNull(toleration.getValue()), emptyIfNull(taint.getValue()));
        return isOfEffect && isOfKey && isOfValue;
    }

    private static String emptyIfNull(String text) {
        return text == null ? "" : text;
    }

    /// True of the taints that empty a node that is not ready.
    static boolean empties(Taint taint) {
        return taint.getEffect().equals("NoExecute")
                && (taint.getKey().equals(NOT_READY) || taint.getKey().equals(UNREACHABLE));
    }

    private static boolean isOurs(Taint taint) {
        return taint.getKey().equals(NOT_READY)
                || taint.getKey().equals(UNREACHABLE)
                || taint.getKey().equals(UNSCHEDULABLE)
                || PRESSURES.containsValue(taint.getKey());
    }

    /// Keeps a taint that is there already, with its time.
    private static void put(
            List<Taint> wanted, Node node, String key, String effect, boolean isWanted, String timeAdded) {
        if (isWanted) {
            wanted.add(node.getSpec().getTaints().stream()
                    .filter(taint ->
                            taint.getKey().equals(key) && taint.getEffect().equals(effect))
                    .findFirst()
                    .orElseGet(() -> new TaintBuilder()
                            .withKey(key)
                            .withEffect(effect)
                            .withTimeAdded(timeAdded)
                            .build()));
        }
    }

    private static Optional<NodeCondition> condition(Node node, String type) {
        return node.getStatus() == null
                ? Optional.empty()
                : node.getStatus().getConditions().stream()
                        .filter(condition -> condition.getType().equals(type))
                        .findFirst();
    }
}
