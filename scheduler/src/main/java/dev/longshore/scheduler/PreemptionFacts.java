package dev.longshore.scheduler;

import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Instant;
import java.util.List;

/// What must be known of pods before some make room for others.
interface PreemptionFacts {

    /// Its policy lets it.
    boolean mayPreempt(PodView pod);

    /// It is on its way out because a more important pod comes.
    boolean isMakingRoom(PodView pod);

    /// Since when it runs; now if it does not yet.
    Instant startedAt(PodView pod);

    /// All there are.
    List<PodDisruptionBudget> budgets();
}
