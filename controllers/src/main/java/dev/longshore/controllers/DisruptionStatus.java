package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatus;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatusBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/// What the status of a PodDisruptionBudget has to say: pure arithmetic.
///
/// A pod that was promised to an eviction, and is not yet being deleted, counts as gone for two minutes; after
/// that the promise is void.
///
/// @param status to be written, without conditions while it is being made
/// @param nextLook when the next promise becomes void
/// @param broken pods whose promise became void now
record DisruptionStatus(PodDisruptionBudgetStatus status, Optional<Duration> nextLook, List<Pod> broken) {

    static final String CONDITION = "DisruptionAllowed";

    private static final Duration PROMISE = Duration.ofMinutes(2);

    DisruptionStatus {
        broken = List.copyOf(broken);
    }

    /// What must be healthy, and out of how many.
    record Demand(int expected, int desired) {

        /// What `budget` asks of `expected` pods.
        static Demand of(PodDisruptionBudget budget, int expected) {
            IntOrString mayGo = budget.getSpec().getMaxUnavailable();
            if (mayGo != null) {
                return new Demand(expected, Math.max(0, expected - RolloutPlan.scaled(mayGo, expected, true)));
            }
            return new Demand(expected, RolloutPlan.scaled(budget.getSpec().getMinAvailable(), expected, true));
        }
    }

    /// True if `budget` counts by what the owners of its pods ask for, not by the pods that there are.
    static boolean asksOwners(PodDisruptionBudget budget) {
        IntOrString mustStay = budget.getSpec().getMinAvailable();
        return budget.getSpec().getMaxUnavailable() != null || mustStay != null && mustStay.getStrVal() != null;
    }

    /// The status of `budget` over `pods`, which are all that it selects.
    static DisruptionStatus of(PodDisruptionBudget budget, List<Pod> pods, Demand demand, Instant now) {
        var promised = new TreeMap<String, String>();
        var broken = new ArrayList<Pod>();
        Optional<Instant> recheck = Optional.empty();
        int healthy = 0;
        for (Pod pod : pods) {
            if (Keys.isBeingDeleted(pod)) {
                continue;
            }
            String since = promises(budget).get(pod.getMetadata().getName());
            Optional<Instant> end =
                    Optional.ofNullable(since).map(Instant::parse).map(start -> start.plus(PROMISE));
            if (end.filter(now::isAfter).isPresent()) {
                broken.add(pod);
            } else if (end.isPresent()) {
                promised.put(pod.getMetadata().getName(), since);
                recheck = recheck.filter(end.get()::isAfter).or(() -> end);
            }
            if (end.filter(now::isBefore).isEmpty() && Pods.isReady(pod)) {
                healthy++;
            }
        }
        int allowed = demand.expected <= 0 ? 0 : Math.max(0, healthy - demand.desired);
        var status = new PodDisruptionBudgetStatusBuilder()
                .withCurrentHealthy(healthy)
                .withDesiredHealthy(demand.desired)
                .withExpectedPods(demand.expected)
                .withDisruptionsAllowed(allowed)
                .withDisruptedPods(promised.isEmpty() ? null : promised)
                .withObservedGeneration(budget.getMetadata().getGeneration())
                .withConditions(conditions(
                        budget,
                        allowed > 0 ? "True" : "False",
                        allowed > 0 ? "SufficientPods" : "InsufficientPods",
                        "",
                        budget.getMetadata().getGeneration(),
                        now))
                .build();
        return new DisruptionStatus(status, recheck.map(then -> Duration.between(now, then)), broken);
    }

    /// The status of `budget` when it cannot be found out: nothing is allowed.
    static PodDisruptionBudgetStatus failed(PodDisruptionBudget budget, String why, Instant now) {
        PodDisruptionBudgetStatus present =
                budget.getStatus() == null ? new PodDisruptionBudgetStatus() : budget.getStatus();
        return new PodDisruptionBudgetStatusBuilder(present)
                .withDisruptionsAllowed(0)
                .withCurrentHealthy(number(present.getCurrentHealthy()))
                .withDesiredHealthy(number(present.getDesiredHealthy()))
                .withExpectedPods(number(present.getExpectedPods()))
                .withConditions(conditions(budget, "False", "SyncFailed", why, present.getObservedGeneration(), now))
                .build();
    }

    /// True if `budget` says all that already.
    boolean isIn(PodDisruptionBudget budget) {
        PodDisruptionBudgetStatus present = budget.getStatus();
        return present != null
                && number(present.getCurrentHealthy()) == status.getCurrentHealthy()
                && number(present.getDesiredHealthy()) == status.getDesiredHealthy()
                && number(present.getExpectedPods()) == status.getExpectedPods()
                && number(present.getDisruptionsAllowed()) == status.getDisruptionsAllowed()
                && Objects.equals(present.getObservedGeneration(), status.getObservedGeneration())
                && promises(budget).equals(Objects.requireNonNullElse(status.getDisruptedPods(), Map.of()))
                && present.getConditions().equals(status.getConditions());
    }

    private static List<Condition> conditions(
            PodDisruptionBudget budget, String value, String reason, String message, Long generation, Instant now) {
        List<Condition> present =
                budget.getStatus() == null ? List.of() : budget.getStatus().getConditions();
        Optional<Condition> before = present.stream()
                .filter(condition -> condition.getType().equals(CONDITION))
                .findFirst();
        String since = before.filter(condition -> condition.getStatus().equals(value))
                .map(Condition::getLastTransitionTime)
                .orElseGet(() -> Instant.ofEpochSecond(now.getEpochSecond()).toString());
        Condition fresh = new ConditionBuilder()
                .withType(CONDITION)
                .withStatus(value)
                .withReason(reason)
                .withMessage(message)
                .withObservedGeneration(generation)
                .withLastTransitionTime(since)
                .build();
        var all = new ArrayList<>(present);
        before.ifPresentOrElse(old -> all.set(all.indexOf(old), fresh), () -> all.add(fresh));
        return all;
    }

    private static Map<String, String> promises(PodDisruptionBudget budget) {
        return budget.getStatus() == null || budget.getStatus().getDisruptedPods() == null
                ? Map.of()
                : budget.getStatus().getDisruptedPods();
    }

    private static int number(Integer value) {
        return value == null ? 0 : value;
    }
}
