package dev.longshore.autoscaler;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Which pods may be evicted for the sake of a smaller cluster. The rules and their order are those of
/// cluster-autoscaler; the first one that has something to say counts.
final class EvictionRules {

    /// Controllers that make their pods anew.
    private static final Set<String> REPLICATING = Set.of("ReplicationController", "ReplicaSet", "StatefulSet", "Job");

    private static final Eviction IGNORED = new Eviction.Ignored();
    private static final Eviction MOVED = new Eviction.Moved();

    private final DrainOptions options;

    EvictionRules(DrainOptions options) {
        this.options = options;
    }

    /// @param budgets what is left of them
    Eviction of(Pod pod, Observation.Owners owners, RemainingBudgets budgets, Instant now) {
        if (PodTraits.isMirror(pod) || PodTraits.isLongEnding(pod, now)) {
            return IGNORED;
        }
        Optional<OwnerReference> controller = PodTraits.controller(pod);
        Optional<Eviction> missing = controller.flatMap(owner -> controllerTrouble(pod, owner, owners));
        if (missing.isPresent()) {
            return missing.get();
        }
        if (PodTraits.isDaemon(pod)) {
            return IGNORED;
        }
        if (isAnnotated(pod, "true")) {
            return MOVED;
        }
        boolean isReplicated = controller
                .filter(owner -> !options.sparesCustomControllers() || REPLICATING.contains(owner.getKind()))
                .isPresent();
        if (!isReplicated) {
            return new Eviction.Refused(Obstacle.NOT_REPLICATED, PodTraits.key(pod) + " is not replicated");
        }
        return guarded(pod, budgets, now);
    }

    private Eviction guarded(Pod pod, RemainingBudgets budgets, Instant now) {
        String name = pod.getMetadata().getName();
        boolean isSystem = pod.getMetadata().getNamespace().equals("kube-system")
                && PodTraits.created(pod).plus(options.systemPatience()).isAfter(now);
        if (options.sparesSystem() && isSystem && !budgets.cover(pod)) {
            return new Eviction.Refused(
                    Obstacle.SYSTEM_POD,
                    "non-daemonset, non-mirrored, non-pdb-assigned kube-system pod present: " + name);
        }
        if (isAnnotated(pod, "false")) {
            return new Eviction.Refused(
                    Obstacle.NOT_SAFE_TO_EVICT, "pod annotated as not safe to evict present: " + name);
        }
        if (options.sparesLocalStorage() && PodTraits.hasLocalStorage(pod)) {
            return new Eviction.Refused(Obstacle.LOCAL_STORAGE, "pod with local storage present: " + name);
        }
        return MOVED;
    }

    private Optional<Eviction> controllerTrouble(Pod pod, OwnerReference owner, Observation.Owners owners) {
        if (!options.sparesCustomControllers() || PodTraits.isDaemon(pod) || !REPLICATING.contains(owner.getKind())) {
            return Optional.empty();
        }
        Observation.Owners.State state = owners.of(pod.getMetadata().getNamespace(), owner);
        if (!state.isThere()) {
            return Optional.of(new Eviction.Refused(
                    Obstacle.CONTROLLER_NOT_FOUND,
                    "%s for %s is not available".formatted(owner.getKind(), PodTraits.key(pod))));
        }
        boolean isScaled = owner.getKind().equals("ReplicationController")
                || owner.getKind().equals("ReplicaSet");
        return isScaled && state.replicas() < options.minReplicas()
                ? Optional.of(new Eviction.Refused(
                        Obstacle.MIN_REPLICAS_REACHED,
                        "%s for %s has too few replicas spec: %d min: %d"
                                .formatted(
                                        owner.getKind(), PodTraits.key(pod), state.replicas(), options.minReplicas())))
                : Optional.empty();
    }

    private static boolean isAnnotated(Pod pod, String value) {
        return PodTraits.annotation(pod, PodTraits.SAFE_TO_EVICT)
                .filter(value::equals)
                .isPresent();
    }
}
