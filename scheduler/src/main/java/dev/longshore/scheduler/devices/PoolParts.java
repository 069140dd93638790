package dev.longshore.scheduler.devices;

import dev.longshore.scheduler.framework.Labels;
import dev.longshore.scheduler.framework.NodeView;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.resource.v1.Device;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// What one pool offers, and whether it can be believed.
///
/// @param reachable its devices that can be reached from a node
/// @param anywhere all of its devices
/// @param counters what its devices share
/// @param isComplete whether all of its slices are there
/// @param isValid whether each device has a name of its own and draws only on counters that there are
/// @param isWaitedFor whether some of its devices are not to be had at once
record PoolParts(
        List<OfferedDevice> reachable,
        List<OfferedDevice> anywhere,
        Map<Offers.Shared, BigDecimal> counters,
        boolean isComplete,
        boolean isValid,
        boolean isWaitedFor) {

    /// @param slices those of the pool's latest generation; at least one
    static PoolParts of(Offers.Pool pool, List<ResourceSlice> slices, NodeView node) {
        var reachable = new ArrayList<OfferedDevice>();
        var anywhere = new ArrayList<OfferedDevice>();
        var counters = new HashMap<Offers.Shared, BigDecimal>();
        boolean isValid = true;
        var names = new HashSet<String>();
        for (ResourceSlice slice : slices) {
            isValid &= addCounters(pool, slice, counters);
            for (Device device : slice.getSpec().getDevices()) {
                OfferedDevice offered = OfferedDevice.of(device, slice);
                anywhere.add(offered);
                if (isReachable(slice, device, node)) {
                    isValid &= names.add(device.getName());
                    reachable.add(offered);
                }
            }
        }
        isValid &= anywhere.stream()
                .allMatch(device ->
                        counters.keySet().containsAll(Offers.draws(device).keySet()));
        Long expected = slices.getFirst().getSpec().getPool().getResourceSliceCount();
        return new PoolParts(
                reachable,
                anywhere,
                counters,
                expected != null && slices.size() == expected,
                isValid,
                reachable.stream()
                        .anyMatch(device ->
                                !device.device().getBindingConditions().isEmpty()));
    }

    /// @return false if a set of counters is there twice
    private static boolean addCounters(Offers.Pool pool, ResourceSlice slice, Map<Offers.Shared, BigDecimal> counters) {
        boolean isNew = true;
        for (var set : slice.getSpec().getSharedCounters()) {
            for (var counter : set.getCounters().entrySet()) {
                isNew &= counters.put(
                                new Offers.Shared(pool, set.getName(), counter.getKey()),
                                Offers.amount(counter.getValue()))
                        == null;
            }
        }
        return isNew;
    }

    private static boolean isReachable(ResourceSlice slice, Device device, NodeView node) {
        var spec = slice.getSpec();
        return Boolean.TRUE.equals(spec.getPerDeviceNodeSelection())
                ? isReachable(device.getNodeName(), device.getAllNodes(), device.getNodeSelector(), node)
                : isReachable(spec.getNodeName(), spec.getAllNodes(), spec.getNodeSelector(), node);
    }

    private static boolean isReachable(String name, Boolean everywhere, NodeSelector selector, NodeView node) {
        if (Boolean.TRUE.equals(everywhere) || node.name().equals(name)) {
            return true;
        }
        return selector != null && selector.getNodeSelectorTerms().stream().anyMatch(term -> Labels.match(term, node));
    }
}
