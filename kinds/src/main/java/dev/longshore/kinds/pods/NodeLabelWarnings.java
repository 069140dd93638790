package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Trees;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What to say of labels of nodes that have other names by now.
public final class NodeLabelWarnings {

    private static final Map<String, String> OLD = Map.of(
            "beta.kubernetes.io/arch", "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
            "beta.kubernetes.io/os", "deprecated since v1.14; use \"kubernetes.io/os\" instead",
            "failure-domain.beta.kubernetes.io/region",
                    "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
            "failure-domain.beta.kubernetes.io/zone",
                    "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
            "beta.kubernetes.io/instance-type",
                    "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead");

    private NodeLabelWarnings() {}

    /// What to say of the label `key`; empty if it is in order.
    static String of(String key) {
        return OLD.getOrDefault(key, "");
    }

    /// Adds what is to be said of a node selector's term.
    public static void term(List<String> warnings, String path, JsonNode term) {
        Trees.each(term, path, "matchExpressions", (at, expression) -> {
            String key = Trees.text(expression, "key");
            if (OLD.containsKey(key)) {
                warnings.add(at + ".key: " + key + " is " + OLD.get(key));
            }
        });
    }
}
