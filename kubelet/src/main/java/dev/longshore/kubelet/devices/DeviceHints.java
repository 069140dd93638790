package dev.longshore.kubelet.devices;

import dev.longshore.kubelet.devices.proto.Device;
import dev.longshore.kubelet.devices.proto.NumaNode;
import dev.longshore.kubelet.topology.Hint;
import dev.longshore.kubelet.topology.NumaNodes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// From which NUMA nodes devices of one resource could come (pkg/kubelet/cm/devicemanager/topology_hints.go of
/// Kubernetes 1.36). A device whose plugin does not say where it is counts nowhere.
///
/// @param machine the NUMA nodes that there are
record DeviceHints(DevicePlugins plugins, String resource, NumaNodes machine) {

    /// Where a device is; empty where its plugin does not say.
    Optional<NumaNodes> nodes(String id) {
        return plugins.device(resource, id)
                .filter(Device::hasTopology)
                .map(device -> NumaNodes.of(device.getTopology().getNodesList().stream()
                        .map(NumaNode::getId)
                        .map(Long::intValue)
                        .toList()));
    }

    /// Whether it matters where its devices are.
    boolean isAnywhere(Collection<String> all) {
        return all.stream().noneMatch(id -> nodes(id).isPresent());
    }

    /// Every choice of nodes on which there are `count` devices of `free` and `reused`, all of `reused` among them.
    List<Hint> of(Collection<String> all, Set<String> free, Set<String> reused, int count) {
        var able = new ArrayList<NumaNodes>();
        int least = machine.count();
        var either = new HashSet<>(free);
        either.addAll(reused);
        for (NumaNodes choice : NumaNodes.choices(machine.numbers())) {
            if (on(choice, all) >= count) {
                least = Math.min(least, choice.count());
            }
            boolean hasReused = reused.stream()
                    .allMatch(
                            id -> nodes(id).map(where -> touches(choice, where)).orElse(true));
            if (hasReused && on(choice, either) >= count) {
                able.add(choice);
            }
        }
        int fewest = least;
        return able.stream()
                .map(choice -> Hint.of(choice, choice.count() == fewest))
                .toList();
    }

    private long on(NumaNodes choice, Collection<String> ids) {
        return ids.stream()
                .filter(id -> nodes(id).map(where -> touches(choice, where)).orElse(false))
                .count();
    }

    private static boolean touches(NumaNodes choice, NumaNodes where) {
        return choice.common(where).count() > 0;
    }
}
