package dev.longshore.scheduler.devices;

import dev.longshore.scheduler.framework.Labels;
import dev.longshore.scheduler.framework.NodeView;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.resource.v1.Counter;
import io.fabric8.kubernetes.api.model.resource.v1.Device;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceCounterConsumption;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The devices that can be reached from one node, pool by pool, and what devices of a pool share. Of each pool only
/// the latest generation counts, and only once it is complete; old slices are about to go.
///
/// @param incomplete pools in which somebody still writes: nobody can tell what "all" of them is
record Offers(
        List<OfferedDevice> devices,
        Map<Shared, BigDecimal> counters,
        List<OfferedDevice> anywhere,
        Set<Pool> incomplete) {

    /// A pool of a driver.
    record Pool(String driver, String name) {}

    /// A counter that devices of a pool draw on.
    record Shared(Pool pool, String set, String counter) {}

    static Offers of(List<ResourceSlice> slices, NodeView node) throws DeviceException {
        var devices = new ArrayList<OfferedDevice>();
        var anywhere = new ArrayList<OfferedDevice>();
        var counters = new HashMap<Shared, BigDecimal>();
        var incomplete = new java.util.HashSet<Pool>();
        for (var pool : latest(slices).entrySet()) {
            List<ResourceSlice> parts = pool.getValue();
            long expected = parts.getFirst().getSpec().getPool().getResourceSliceCount();
            boolean isReachable = false;
            var names = new java.util.HashSet<String>();
            for (ResourceSlice slice : parts) {
                addCounters(pool.getKey(), slice, counters);
                for (Device device : slice.getSpec().getDevices()) {
                    if (!names.add(device.getName())) {
                        throw new DeviceException(
                                "invalid resource pools were encountered: pool %s of driver %s has two devices %s"
                                        .formatted(
                                                pool.getKey().name(),
                                                pool.getKey().driver(),
                                                device.getName()));
                    }
                    OfferedDevice offered = OfferedDevice.of(device, slice);
                    anywhere.add(offered);
                    if (isReachable(slice, device, node)) {
                        isReachable = true;
                        if (parts.size() == expected) {
                            devices.add(offered);
                        }
                    }
                }
            }
            if (isReachable && parts.size() != expected) {
                incomplete.add(pool.getKey());
            }
        }
        return new Offers(List.copyOf(devices), counters, anywhere, Set.copyOf(incomplete));
    }

    private static Map<Pool, List<ResourceSlice>> latest(List<ResourceSlice> slices) {
        var pools = new LinkedHashMap<Pool, List<ResourceSlice>>();
        slices.stream()
                .sorted(java.util.Comparator.comparing(
                        slice -> slice.getMetadata().getName()))
                .forEach(slice -> {
                    var spec = slice.getSpec();
                    var parts = pools.computeIfAbsent(
                            new Pool(spec.getDriver(), spec.getPool().getName()), pool -> new ArrayList<>());
                    long known = parts.isEmpty() ? -1 : generation(parts.getFirst());
                    if (generation(slice) > known) {
                        parts.clear();
                    }
                    if (generation(slice) >= known) {
                        parts.add(slice);
                    }
                });
        return pools;
    }

    private static long generation(ResourceSlice slice) {
        Long generation = slice.getSpec().getPool().getGeneration();
        return generation == null ? 0 : generation;
    }

    private static void addCounters(Pool pool, ResourceSlice slice, Map<Shared, BigDecimal> counters) {
        slice.getSpec()
                .getSharedCounters()
                .forEach(set -> set.getCounters()
                        .forEach((name, counter) ->
                                counters.put(new Shared(pool, set.getName(), name), amount(counter))));
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

    /// What `device` draws on.
    static Map<Shared, BigDecimal> draws(OfferedDevice device) {
        var draws = new HashMap<Shared, BigDecimal>();
        var pool = new Pool(device.id().driver(), device.id().pool());
        for (DeviceCounterConsumption drawn : Objects.requireNonNullElse(
                device.device().getConsumesCounters(), List.<DeviceCounterConsumption>of())) {
            drawn.getCounters()
                    .forEach((name, counter) -> draws.merge(
                            new Shared(pool, drawn.getCounterSet(), name), amount(counter), BigDecimal::add));
        }
        return draws;
    }

    private static BigDecimal amount(Counter counter) {
        return counter.getValue().getNumericalAmount();
    }
}
