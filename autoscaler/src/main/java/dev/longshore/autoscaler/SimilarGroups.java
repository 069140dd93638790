package dev.longshore.autoscaler;

import dev.longshore.scheduler.framework.NodeView;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Whether two groups' nodes are alike but for where they are, so that they may be kept of one size.
final class SimilarGroups {

    /// Any two nodes, or any two zones, differ in these.
    private static final Set<String> IGNORED = Set.of(
            "kubernetes.io/hostname",
            "failure-domain.beta.kubernetes.io/zone",
            "failure-domain.beta.kubernetes.io/region",
            "topology.kubernetes.io/zone",
            "topology.kubernetes.io/region",
            "beta.kubernetes.io/fluentd-ds-ready",
            "kops.k8s.io/instancegroup",
            "topology.ebs.csi.aws.com/zone",
            "topology.gke.io/zone",
            "topology.disk.csi.azure.com/zone");

    private final ScaleUpOptions.Similarity options;
    private final Set<String> groupLabels;

    /// @param groupLabels those of the provider
    SimilarGroups(ScaleUpOptions.Similarity options, Set<String> groupLabels) {
        this.options = options;
        this.groupLabels = Set.copyOf(groupLabels);
    }

    boolean areAlike(NodeTemplate one, NodeTemplate other) {
        if (!options.labels().isEmpty()) {
            return options.labels().stream()
                    .allMatch(label -> NodeTraits.labels(one.node()).containsKey(label)
                            && Objects.equals(
                                    NodeTraits.labels(one.node()).get(label),
                                    NodeTraits.labels(other.node()).get(label)));
        }
        return hasLikeCapacity(one.node(), other.node())
                && hasLikeRoom(one.named("one"), other.named("other"))
                && labels(one.node()).equals(labels(other.node()));
    }

    private Map<String, String> labels(Node node) {
        var labels = new HashMap<>(NodeTraits.labels(node));
        labels.keySet().removeAll(IGNORED);
        groupLabels.forEach(labels.keySet()::remove);
        options.ignoredLabels().forEach(labels.keySet()::remove);
        return labels;
    }

    private boolean hasLikeCapacity(Node one, Node other) {
        Map<String, Quantity> here = one.getStatus().getCapacity();
        Map<String, Quantity> there = other.getStatus().getCapacity();
        return here.keySet().equals(there.keySet())
                && here.keySet().stream().allMatch(resource -> {
                    BigDecimal first = here.get(resource).getNumericalAmount();
                    BigDecimal second = there.get(resource).getNumericalAmount();
                    return resource.equals("memory")
                            ? isWithin(first.doubleValue(), second.doubleValue(), options.memoryRatio())
                            : first.compareTo(second) == 0;
                });
    }

    private boolean hasLikeRoom(NodeView one, NodeView other) {
        var resources = new HashSet<>(one.allocatable().keySet());
        resources.addAll(other.allocatable().keySet());
        return resources.stream()
                .allMatch(resource -> one.allocatable().containsKey(resource)
                        && other.allocatable().containsKey(resource)
                        && isWithin(
                                one.allocatable().get(resource),
                                other.allocatable().get(resource),
                                options.allocatableRatio())
                        && isWithin(one.free(resource), other.free(resource), options.freeRatio()));
    }

    private static boolean isWithin(double one, double other, double ratio) {
        return Math.abs(one - other) <= Math.max(one, other) * ratio;
    }
}
