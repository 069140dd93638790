package dev.longshore.controllers;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// What was recommended and done for one autoscaler lately, in memory only: after a restart it begins anew with the
/// replicas that there are. Not thread-safe: the autoscaler's key is worked on once at a time.
final class ScalingHistory {

    /// What was recommended, before any limit.
    record Recommendation(Instant at, int replicas) {}

    /// What was done; negative if replicas were taken away.
    record Step(Instant at, int change) {}

    /// How long anything here can matter: policies and windows are at most this long (30 min and 1 h).
    private static final Duration LONGEST = Duration.ofHours(1);

    private final List<Recommendation> recommendations = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();

    ScalingHistory(Instant now, int replicas) {
        recommendations.add(new Recommendation(now, replicas));
    }

    /// Those after `since`.
    List<Recommendation> recommendations(Instant since) {
        return recommendations.stream().filter(one -> one.at().isAfter(since)).toList();
    }

    /// By how much replicas grew (or shrank, if negative) after `since`.
    int change(Instant since) {
        return steps.stream()
                .filter(one -> one.at().isAfter(since))
                .mapToInt(Step::change)
                .sum();
    }

    void recommended(Instant now, int replicas) {
        forget(now);
        recommendations.add(new Recommendation(now, replicas));
    }

    void scaled(Instant now, int change) {
        forget(now);
        steps.add(new Step(now, change));
    }

    private void forget(Instant now) {
        Predicate<Instant> isOld = at -> at.plus(LONGEST).isBefore(now);
        recommendations.removeIf(one -> isOld.test(one.at()));
        steps.removeIf(one -> isOld.test(one.at()));
    }
}
