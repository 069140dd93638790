package dev.longshore.scheduler.devices;

import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResultBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceAllocationConfiguration;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceAllocationConfigurationBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResultBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/// Writes down what was chosen for a claim, with the configuration that goes with it and the nodes from which its
/// devices can be reached.
final class Allocations {

    private Allocations() {}

    static AllocationResult result(
            ResourceClaim claim, List<Allocator.Choice> choices, DeviceFacts facts, String node) {
        return new AllocationResultBuilder()
                .withNewDevices()
                .withResults(choices.stream().map(Allocations::device).toList())
                .withConfig(configuration(claim, choices, facts))
                .endDevices()
                .withNodeSelector(selector(choices, node).orElse(null))
                .build();
    }

    private static DeviceRequestAllocationResult device(Allocator.Choice choice) {
        var id = choice.device().id();
        return new DeviceRequestAllocationResultBuilder()
                .withRequest(choice.wish().name())
                .withDriver(id.driver())
                .withPool(id.pool())
                .withDevice(id.device())
                .withAdminAccess(choice.wish().isAdmin() ? Boolean.TRUE : null)
                .withTolerations(choice.wish().tolerations())
                .build();
    }

    private static List<DeviceAllocationConfiguration> configuration(
            ResourceClaim claim, List<Allocator.Choice> choices, DeviceFacts facts) {
        var all = new ArrayList<DeviceAllocationConfiguration>();
        var wishes = new LinkedHashSet<DeviceWish>();
        choices.forEach(choice -> wishes.add(choice.wish()));
        wishes.forEach(wish -> facts.deviceClass(wish.deviceClass()).stream()
                .flatMap(type -> type.getSpec().getConfig().stream())
                .forEach(config -> all.add(new DeviceAllocationConfigurationBuilder()
                        .withSource("FromClass")
                        .withRequests(wish.name())
                        .withOpaque(config.getOpaque())
                        .build())));
        claim.getSpec().getDevices().getConfig().stream()
                .filter(config -> wishes.stream().anyMatch(wish -> wish.isIn(config.getRequests())))
                .forEach(config -> all.add(new DeviceAllocationConfigurationBuilder()
                        .withSource("FromClaim")
                        .withRequests(config.getRequests())
                        .withOpaque(config.getOpaque())
                        .build()));
        return all;
    }

    /// Nodes from which all of them can be reached; empty if those are all nodes.
    private static Optional<NodeSelector> selector(List<Allocator.Choice> choices, String node) {
        var expressions = new LinkedHashSet<NodeSelectorRequirement>();
        var fields = new LinkedHashSet<NodeSelectorRequirement>();
        for (Allocator.Choice choice : choices) {
            var spec = choice.device().slice().getSpec();
            var device = choice.device().device();
            boolean isOwn = Boolean.TRUE.equals(spec.getPerDeviceNodeSelection());
            String name = isOwn ? device.getNodeName() : spec.getNodeName();
            NodeSelector selector = isOwn ? device.getNodeSelector() : spec.getNodeSelector();
            if (name != null && !name.isEmpty()) {
                var here = new NodeSelectorRequirement("metadata.name", "In", List.of(node));
                return Optional.of(new NodeSelectorBuilder()
                        .withNodeSelectorTerms(new NodeSelectorTermBuilder()
                                .withMatchFields(here)
                                .build())
                        .build());
            }
            if (selector != null) {
                // Slices may have one term only.
                selector.getNodeSelectorTerms().stream().findFirst().ifPresent(term -> {
                    expressions.addAll(term.getMatchExpressions());
                    fields.addAll(term.getMatchFields());
                });
            }
        }
        if (expressions.isEmpty() && fields.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new NodeSelectorBuilder()
                .withNodeSelectorTerms(new NodeSelectorTermBuilder()
                        .withMatchExpressions(List.copyOf(expressions))
                        .withMatchFields(List.copyOf(fields))
                        .build())
                .build());
    }
}
