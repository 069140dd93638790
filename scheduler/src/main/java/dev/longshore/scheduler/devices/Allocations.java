package dev.longshore.scheduler.devices;

import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResultBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceAllocationConfiguration;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceAllocationConfigurationBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResultBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Writes down what was chosen for a claim, with the configuration that goes with it and the nodes from which its
/// devices can be reached.
record Allocations(DeviceFacts facts, String node, Supplier<String> shares) {

    AllocationResult result(ResourceClaim claim, List<Choice> choices) {
        return new AllocationResultBuilder()
                .withNewDevices()
                .withResults(choices.stream().map(this::device).toList())
                .withConfig(configuration(claim, choices))
                .endDevices()
                .withNodeSelector(selector(choices).orElse(null))
                .build();
    }

    private DeviceRequestAllocationResult device(Choice choice) {
        var id = choice.device().id();
        var consumed = new TreeMap<String, Quantity>();
        choice.consumed().forEach((name, amount) -> consumed.put(name, Quantity.parse(amount.toString())));
        return new DeviceRequestAllocationResultBuilder()
                .withRequest(choice.wish().name())
                .withDriver(id.driver())
                .withPool(id.pool())
                .withDevice(id.device())
                .withAdminAccess(choice.wish().isAdmin() ? Boolean.TRUE : null)
                .withTolerations(choice.wish().tolerations())
                .withShareID(choice.device().isForMany() ? shares.get() : null)
                .withConsumedCapacity(consumed.isEmpty() ? null : consumed)
                .withBindingConditions(choice.device().device().getBindingConditions())
                .withBindingFailureConditions(choice.device().device().getBindingFailureConditions())
                .build();
    }

    private List<DeviceAllocationConfiguration> configuration(ResourceClaim claim, List<Choice> choices) {
        var wishes = new LinkedHashSet<DeviceWish>();
        choices.forEach(choice -> wishes.add(choice.wish()));
        var all = new ArrayList<>(ofClasses(wishes));
        claim.getSpec().getDevices().getConfig().forEach(config -> {
            // As often as it speaks of a request, but once when it speaks of all.
            long times = config.getRequests().isEmpty()
                    ? 1
                    : wishes.stream()
                            .filter(wish -> wish.isIn(config.getRequests()))
                            .count();
            for (long i = 0; i < times; i++) {
                all.add(new DeviceAllocationConfigurationBuilder()
                        .withSource("FromClaim")
                        .withRequests(config.getRequests())
                        .withOpaque(config.getOpaque())
                        .build());
            }
        });
        return all;
    }

    /// Each class's once, for all requests of that class.
    private List<DeviceAllocationConfiguration> ofClasses(LinkedHashSet<DeviceWish> wishes) {
        var requests = new LinkedHashMap<String, List<String>>();
        wishes.forEach(wish -> requests.computeIfAbsent(wish.deviceClass(), key -> new ArrayList<>())
                .add(wish.name()));
        var all = new ArrayList<DeviceAllocationConfiguration>();
        for (Map.Entry<String, List<String>> entry : requests.entrySet()) {
            facts.deviceClass(entry.getKey()).stream()
                    .flatMap(type -> type.getSpec().getConfig().stream())
                    .forEach(config -> all.add(new DeviceAllocationConfigurationBuilder()
                            .withSource("FromClass")
                            .withRequests(entry.getValue())
                            .withOpaque(config.getOpaque())
                            .build()));
        }
        return all;
    }

    /// Nodes from which all of them can be reached; empty if those are all nodes.
    private Optional<NodeSelector> selector(List<Choice> choices) {
        var expressions = new LinkedHashSet<NodeSelectorRequirement>();
        var fields = new LinkedHashSet<NodeSelectorRequirement>();
        for (Choice choice : choices) {
            var spec = choice.device().slice().getSpec();
            var device = choice.device().device();
            boolean isOwn = Boolean.TRUE.equals(spec.getPerDeviceNodeSelection());
            String name = isOwn ? device.getNodeName() : spec.getNodeName();
            NodeSelector selector = isOwn ? device.getNodeSelector() : spec.getNodeSelector();
            if (name != null && !name.isEmpty() || Boolean.TRUE.equals(device.getBindsToNode())) {
                return Optional.of(here());
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

    private NodeSelector here() {
        return new NodeSelectorBuilder()
                .withNodeSelectorTerms(new NodeSelectorTermBuilder()
                        .withMatchFields(new NodeSelectorRequirement("metadata.name", "In", List.of(node)))
                        .build())
                .build();
    }
}
