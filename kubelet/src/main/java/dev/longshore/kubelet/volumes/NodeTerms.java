package dev.longshore.kubelet.volumes;

import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import java.util.Map;
import java.util.function.Supplier;

/// Whether a persistent volume can be used on this node, as its node affinity says.
final class NodeTerms {

    private NodeTerms() {}

    /// @param labels of the node, asked for only where there is an affinity
    /// @throws VolumeException when it cannot
    static void check(Wanted wanted, Supplier<Map<String, String>> labels) {
        boolean isReachable = wanted.persistent()
                .map(PersistentVolume::getSpec)
                .map(spec -> spec.getNodeAffinity() == null
                        || spec.getNodeAffinity().getRequired() == null
                        || spec.getNodeAffinity().getRequired().getNodeSelectorTerms().stream()
                                .anyMatch(term -> matches(term, labels.get())))
                .orElse(true);
        if (!isReachable) {
            throw VolumeException.during(
                    (wanted.isBlock() ? "MapVolume" : "MountVolume") + ".NodeAffinity check",
                    "no matching NodeSelectorTerms");
        }
    }

    /// A term without rules matches nothing. Volumes know nodes by labels only: rules about fields see a node without a
    /// name, as in the original.
    private static boolean matches(NodeSelectorTerm term, Map<String, String> labels) {
        boolean isEmpty =
                term.getMatchExpressions().isEmpty() && term.getMatchFields().isEmpty();
        return !isEmpty
                && term.getMatchExpressions().stream().allMatch(rule -> matches(rule, labels))
                && term.getMatchFields().stream().allMatch(rule -> matches(rule, Map.of("metadata.name", "")));
    }

    private static boolean matches(NodeSelectorRequirement rule, Map<String, String> labels) {
        String value = labels.get(rule.getKey());
        return switch (rule.getOperator()) {
            case "In" -> value != null && rule.getValues().contains(value);
            case "NotIn" -> value == null || !rule.getValues().contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            case "Gt" -> compare(value, rule) > 0;
            case "Lt" -> compare(value, rule) < 0;
            default -> false;
        };
    }

    /// Zero, which is neither greater nor less, when they are no numbers.
    private static int compare(String value, NodeSelectorRequirement rule) {
        try {
            return value == null || rule.getValues().size() != 1
                    ? 0
                    : Long.compare(
                            Long.parseLong(value),
                            Long.parseLong(rule.getValues().getFirst()));
        } catch (NumberFormatException noNumber) {
            return 0;
        }
    }
}
