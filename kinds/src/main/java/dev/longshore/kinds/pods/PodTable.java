package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Ages;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import dev.longshore.model.Table;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// How pods are shown: readiness, what they are up to, restarts.
public final class PodTable {

    private static final String NONE = "<none>";

    private PodTable() {}

    /// The columns.
    public static Table table() {
        return Columns.named()
                .text(
                        "Ready",
                        "How many of the containers are ready.",
                        pod -> PodGlance.of(pod).readiness())
                .text(
                        "Status",
                        "What the pod is up to.",
                        pod -> PodGlance.of(pod).status())
                .timed("Restarts", "How often its containers were restarted, and when last.", PodTable::restarts)
                .age()
                .wide("IP", "The pod's address.", PodTable::address)
                .wide("Node", "Where it runs.", pod -> orNone(pod.text("spec", "nodeName")))
                .wide(
                        "Nominated Node",
                        "Where it will run once others made room.",
                        pod -> orNone(pod.text("status", "nominatedNodeName")))
                .wide("Readiness Gates", "How many of the further conditions for readiness hold.", PodTable::gates)
                .conditions(PodTable::conditions)
                .table();
    }

    private static List<Table.Condition> conditions(Resource pod) {
        String phase = pod.text("status", "phase");
        return switch (phase) {
            case "Succeeded" -> List.of(new Table.Condition("Completed", phase, "The pod has completed successfully."));
            case "Failed" -> List.of(new Table.Condition("Completed", phase, "The pod failed."));
            default -> List.of();
        };
    }

    private static String restarts(Resource pod, Instant now) {
        PodGlance glance = PodGlance.of(pod);
        return glance.restarts() == 0 || glance.lastRestart().isEmpty()
                ? Integer.toString(glance.restarts())
                : glance.restarts() + " (" + Ages.since(glance.lastRestart(), now) + " ago)";
    }

    private static String address(Resource pod) {
        var addresses = Trees.list(pod.tree(), "status", "podIPs");
        return orNone(addresses.isEmpty() ? pod.text("status", "podIP") : Trees.text(addresses.getFirst(), "ip"));
    }

    private static String gates(Resource pod) {
        var gates = Trees.list(pod.tree(), "spec", "readinessGates");
        if (gates.isEmpty()) {
            return NONE;
        }
        long open = gates.stream()
                .filter(gate -> PodGlance.isTrue(pod, Trees.text(gate, "conditionType")))
                .count();
        return open + "/" + gates.size();
    }

    private static String orNone(String text) {
        return text.isEmpty() ? NONE : text;
    }

    /// The names of the containers of a template, with commas.
    public static String containers(ObjectNode spec) {
        return joined(spec, "name");
    }

    /// The images of the containers of a template, with commas.
    public static String images(ObjectNode spec) {
        return joined(spec, "image");
    }

    private static String joined(ObjectNode spec, String field) {
        return String.join(
                ",",
                Trees.list(spec, "template", "spec", "containers").stream()
                        .map(container -> Trees.text(container, field))
                        .toList());
    }
}
