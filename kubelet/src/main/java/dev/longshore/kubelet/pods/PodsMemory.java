package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.node.Observation;
import dev.longshore.linux.Cgroups;
import dev.longshore.linux.GroupLimits;
import java.util.Optional;

/// How much is left of the memory that all pods may use together, as the kernel counts it for their control group.
final class PodsMemory {

    private final Cgroups cgroups;
    private final String group;

    /// @param root as `longshore-ID`
    PodsMemory(Cgroups cgroups, String root) {
        this.cgroups = cgroups;
        this.group = root + "/kubepods";
    }

    /// Empty where it has no limit.
    Optional<Observation> left() {
        long limit =
                GroupLimits.of(cgroups, group).map(GroupLimits::memoryBytes).orElse(0L);
        return limit <= 0
                ? Optional.empty()
                : cgroups.usage(group)
                        .map(usage -> new Observation(Math.max(0, limit - usage.workingSetBytes()), limit));
    }
}
