package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.topology.AlignmentPolicy;
import dev.longshore.kubelet.topology.Hint;
import dev.longshore.kubelet.topology.NumaDistances;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// Lets what a container gets of processors, memory and devices come from the same NUMA nodes, as strictly as it is
/// configured (the topology manager; pkg/kubelet/cm/topologymanager of Kubernetes 1.36). Thread-safe; pods wait for
/// each other, since what was looked at must still be free when it is taken.
final class Alignment {

    private final Settings settings;
    private final NumaDistances machine;
    private final List<Placement> placements;
    private final ReentrantLock oneAtATime = new ReentrantLock();

    /// @param scopeIsPod whether all of a pod's containers go to the same nodes
    /// @param prefersClosest whether, of as many nodes, those nearest to each other are taken
    record Settings(AlignmentPolicy policy, boolean scopeIsPod, boolean prefersClosest) {}

    /// @param placements asked in this order
    Alignment(Settings settings, NumaDistances machine, List<Placement> placements) {
        this.settings = settings;
        this.machine = machine;
        this.placements = List.copyOf(placements);
    }

    /// Gives all containers of the pod what they ask for, or says why not; then some may have theirs, and are to give
    /// it back.
    Optional<NodeAdmission.Refusal> admit(Pod pod) throws InterruptedException {
        oneAtATime.lockInterruptibly();
        try {
            Optional<Hint> ofPod = settings.scopeIsPod() ? Optional.of(merge(one -> one.hints(pod))) : Optional.empty();
            for (Container container : all(pod)) {
                Hint affinity = ofPod.orElseGet(() -> merge(one -> one.hints(pod, container)));
                if (!settings.policy().takes(affinity)) {
                    return Optional.of(new NodeAdmission.Refusal(
                            "TopologyAffinityError", "Resources cannot be allocated with Topology locality"));
                }
                for (Placement placement : placements) {
                    Optional<NodeAdmission.Refusal> refusal = placement.give(pod, container, affinity);
                    if (refusal.isPresent()) {
                        return refusal;
                    }
                }
            }
            return Optional.empty();
        } finally {
            oneAtATime.unlock();
        }
    }

    /// What is not looked at is not asked for either.
    private Hint merge(Function<Placement, Map<String, List<Hint>>> hints) {
        return settings.policy() == AlignmentPolicy.NONE
                ? Hint.NO_MATTER
                : settings.policy()
                        .merge(
                                machine,
                                settings.prefersClosest(),
                                placements.stream().map(hints).toList());
    }

    private static List<Container> all(Pod pod) {
        var all = new ArrayList<>(pod.getSpec().getInitContainers());
        all.addAll(pod.getSpec().getContainers());
        return all;
    }
}
