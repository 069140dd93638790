package dev.longshore.autoscaler;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Pods that lose their node and will need another: those on nodes that are being drained, and those evicted of late
/// that have not been made anew yet.
final class PodsOnTheMove {

    private PodsOnTheMove() {}

    /// On nodes that are being drained.
    static List<Pod> leaving(Observation cluster, Map<String, Deletions.Ongoing> ongoing) {
        return cluster.pods().stream()
                .filter(pod -> PodTraits.node(pod)
                        .map(ongoing::get)
                        .filter(Deletions.Ongoing::isDrain)
                        .isPresent())
                .filter(pod -> PodTraits.isRecreatable(pod) && !PodTraits.isEnding(pod))
                .toList();
    }

    /// Evicted, and with nobody in their stead yet: of each controller's evicted pods, as many are left out as it has
    /// made since.
    static List<Pod> missing(Observation cluster, List<Deletions.Evicted> evictions) {
        var made = new HashMap<String, List<Pod>>();
        for (Pod pod : cluster.pods()) {
            controller(pod)
                    .ifPresent(uid -> made.computeIfAbsent(uid, absent -> new ArrayList<>())
                            .add(pod));
        }
        var missing = new ArrayList<Pod>();
        for (Deletions.Evicted eviction : evictions) {
            Optional<String> uid = controller(eviction.pod());
            if (uid.isEmpty() || !isWanted(eviction.pod(), cluster)) {
                continue;
            }
            List<Pod> candidates = made.getOrDefault(uid.get(), new ArrayList<>());
            // Stamps are whole seconds.
            Optional<Pod> successor = candidates.stream()
                    .filter(pod -> !pod.getMetadata()
                            .getUid()
                            .equals(eviction.pod().getMetadata().getUid()))
                    .filter(pod ->
                            !PodTraits.created(pod).isBefore(eviction.at().minusSeconds(1)))
                    .findFirst();
            successor.ifPresentOrElse(candidates::remove, () -> missing.add(eviction.pod()));
        }
        return missing;
    }

    private static boolean isWanted(Pod pod, Observation cluster) {
        return PodTraits.controller(pod)
                .map(owner -> cluster.owners().of(pod.getMetadata().getNamespace(), owner))
                .filter(Observation.Owners.State::isThere)
                .isPresent();
    }

    private static Optional<String> controller(Pod pod) {
        return PodTraits.controller(pod).map(OwnerReference::getUid);
    }
}
