package dev.longshore.scheduler.devices;

import dev.longshore.scheduler.framework.NodeView;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Chooses devices of one node for claims, all or none. Thread-safe.
final class Allocator {

    private final DeviceFacts facts;
    private final DeviceSelectors selectors;
    private final Supplier<String> shares;

    /// @param shares a fresh uid each time: for a share of a device that several may have
    Allocator(DeviceFacts facts, DeviceSelectors selectors, Supplier<String> shares) {
        this.facts = facts;
        this.selectors = selectors;
        this.shares = shares;
    }

    /// What each of `claims` gets on `node`; empty if not all can have what they ask for.
    Optional<List<AllocationResult>> allocate(List<ResourceClaim> claims, NodeView node) throws DeviceException {
        Offers offers = Offers.of(facts.slices(), node);
        var search = new DeviceSearch(claims, offers, facts, selectors);
        if (!search.finds()) {
            if (!offers.invalid().isEmpty()) {
                throw new DeviceException("invalid resource pools were encountered");
            }
            return Optional.empty();
        }
        var allocations = new Allocations(facts, node.name(), shares);
        var results = new ArrayList<AllocationResult>();
        for (int i = 0; i < claims.size(); i++) {
            results.add(allocations.result(claims.get(i), search.chosen().get(i)));
        }
        return Optional.of(results);
    }
}
