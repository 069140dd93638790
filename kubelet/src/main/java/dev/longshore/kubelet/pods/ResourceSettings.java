package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.kubelet.node.Allocatable;
import dev.longshore.kubelet.topology.HostTopology;
import dev.longshore.runtime.ContainerOptions;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// How requests and limits become cgroups.
///
/// @param enforcesQuota whether limits of CPU are kept
/// @param period in which quotas are counted
/// @param podPids the most processes of a pod; negative for no limit of its own
/// @param diesTogether whether all of a container's processes die when it is out of memory (cgroups v2)
/// @param isolatesStorage whether limits of ephemeral storage are kept
/// @param log how much of what containers print is kept
/// @param cgroups where the pods' cgroups are and what they may use together; empty where there are none
/// @param placement who gets which part of the machine for itself
public record ResourceSettings(
        boolean enforcesQuota,
        Duration period,
        long podPids,
        boolean diesTogether,
        boolean isolatesStorage,
        ContainerOptions.Log log,
        Optional<Tree> cgroups,
        PlacementSettings placement) {

    /// @param root as `longshore-ID`
    /// @param enforced what all pods together may use of `cpu`, `memory` and `pid`
    public record Tree(String root, Map<String, Quantity> enforced) {
        public Tree {
            enforced = Map.copyOf(enforced);
        }
    }

    /// As without any configuration.
    public static final ResourceSettings USUAL = of(KubeletConfiguration.usual());

    /// As it is configured.
    public static ResourceSettings of(KubeletConfiguration configuration) {
        return new ResourceSettings(
                configuration.flag("cpuCFSQuota"),
                configuration.duration("cpuCFSQuotaPeriod"),
                configuration.count("podPidsLimit"),
                !configuration.flag("singleProcessOOMKill"),
                configuration.flag("localStorageCapacityIsolation"),
                new ContainerOptions.Log(
                        new Quantity(configuration.text("containerLogMaxSize"))
                                .getNumericalAmount()
                                .longValue(),
                        (int) configuration.count("containerLogMaxFiles")),
                Optional.empty(),
                PlacementSettings.NONE);
    }

    /// The same on a machine of `capacity`, as the kubelet is configured.
    public static ResourceSettings of(KubeletConfiguration configuration, Map<String, Quantity> capacity) {
        var usual = of(configuration);
        var reservations = new Allocatable(configuration);
        String root = configuration.text("cgroupRoot").replaceFirst("^/", "");
        boolean isEnforced = configuration.texts("enforceNodeAllocatable").contains("pods");
        Optional<Tree> tree = root.isEmpty() || !configuration.flag("cgroupsPerQOS")
                ? Optional.empty()
                : Optional.of(new Tree(root, isEnforced ? reservations.enforced(capacity) : capacity));
        return new ResourceSettings(
                usual.enforcesQuota(),
                usual.period(),
                usual.podPids(),
                usual.diesTogether(),
                usual.isolatesStorage(),
                usual.log(),
                tree,
                PlacementSettings.of(configuration, capacity, HostTopology.current()));
    }

    long periodMicros() {
        return period.toNanos() / 1000;
    }
}
