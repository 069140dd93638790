package dev.longshore.scheduler.devices;

import dev.longshore.scheduler.framework.NodeView;
import io.fabric8.kubernetes.api.model.resource.v1.Counter;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceCounterConsumption;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The devices that can be reached from one node, pool by pool in the order of their names, those that are not to be
/// had at once last; and what devices of a pool share. Of each pool only the latest generation counts, and only once
/// it is complete; old slices are about to go.
///
/// @param incomplete pools in which somebody still writes: nobody can tell what "all" of them is
/// @param invalid pools that contradict themselves
record Offers(
        List<OfferedDevice> devices,
        Map<Shared, BigDecimal> counters,
        List<OfferedDevice> anywhere,
        Set<Pool> incomplete,
        Set<Pool> invalid) {

    /// A pool of a driver.
    record Pool(String driver, String name) implements Comparable<Pool> {
        @Override
        public int compareTo(Pool other) {
            return driver.equals(other.driver) ? name.compareTo(other.name) : driver.compareTo(other.driver);
        }
    }

    /// A counter that devices of a pool draw on.
    record Shared(Pool pool, String set, String counter) {}

    static Offers of(List<ResourceSlice> slices, NodeView node) {
        var devices = new ArrayList<OfferedDevice>();
        var later = new ArrayList<OfferedDevice>();
        var anywhere = new ArrayList<OfferedDevice>();
        var counters = new HashMap<Shared, BigDecimal>();
        var incomplete = new TreeSet<Pool>();
        var invalid = new TreeSet<Pool>();
        for (var entry : latest(slices).entrySet()) {
            PoolParts parts = PoolParts.of(entry.getKey(), entry.getValue(), node);
            anywhere.addAll(parts.anywhere());
            counters.putAll(parts.counters());
            if (parts.reachable().isEmpty()) {
                continue;
            }
            if (!parts.isComplete()) {
                incomplete.add(entry.getKey());
            } else if (!parts.isValid()) {
                invalid.add(entry.getKey());
            } else {
                (parts.isWaitedFor() ? later : devices).addAll(parts.reachable());
            }
        }
        devices.addAll(later);
        return new Offers(List.copyOf(devices), counters, anywhere, incomplete, invalid);
    }

    private static Map<Pool, List<ResourceSlice>> latest(List<ResourceSlice> slices) {
        var pools = new TreeMap<Pool, List<ResourceSlice>>();
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

    static BigDecimal amount(Counter counter) {
        return counter.getValue().getNumericalAmount();
    }
}
