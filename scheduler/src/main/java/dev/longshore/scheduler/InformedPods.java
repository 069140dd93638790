package dev.longshore.scheduler;

import dev.longshore.base.Time;
import dev.longshore.client.Informers;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What informers say of pods.
final class InformedPods implements PreemptionFacts {

    private final Informers informers;
    private final Time time;

    /// Reads through `informers`, which must be started after this.
    InformedPods(Informers informers, Time time) {
        this.informers = informers;
        this.time = time;
        informers.of(PodDisruptionBudget.class);
    }

    /// `pod` as last heard of; not another of its name.
    Optional<Pod> find(PodView pod) {
        return informers
                .find(Pod.class, pod.key())
                .filter(found -> found.getMetadata().getUid().equals(pod.uid()));
    }

    @Override
    public boolean mayPreempt(PodView pod) {
        return find(pod)
                .filter(found -> !"Never".equals(found.getSpec().getPreemptionPolicy()))
                .isPresent();
    }

    @Override
    public boolean isMakingRoom(PodView pod) {
        return find(pod)
                .filter(found -> found.getMetadata().getDeletionTimestamp() != null)
                .filter(found -> found.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals(Evictor.CONDITION)
                                && condition.getStatus().equals("True")
                                && Evictor.REASON.equals(condition.getReason())))
                .isPresent();
    }

    @Override
    public Instant startedAt(PodView pod) {
        return find(pod)
                .map(found -> found.getStatus().getStartTime())
                .map(Instant::parse)
                .orElseGet(time::now);
    }

    @Override
    public List<PodDisruptionBudget> budgets() {
        return informers.all(PodDisruptionBudget.class);
    }
}
