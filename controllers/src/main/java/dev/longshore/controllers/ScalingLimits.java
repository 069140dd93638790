package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.autoscaling.v2.HPAScalingPolicy;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HPAScalingRules;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/// Keeps what metrics recommend within an autoscaler's bounds: least and most replicas, how fast it may grow and
/// shrink, and for how long a recommendation must stand before it is followed.
///
/// @param least replicas, and
/// @param most of them
/// @param up how to grow, and
/// @param down how to shrink, as `spec.behavior` says; null if it says nothing
record ScalingLimits(int least, int most, HPAScalingRules up, HPAScalingRules down) {

    private static final Duration CALM = Duration.ofMinutes(5);
    private static final int GROWTH = 2;
    private static final int FIRST_GROWTH = 4;
    private static final String UP_STABILIZED =
            "recent recommendations were lower than current one, applying the lowest recent recommendation";
    private static final String DOWN_STABILIZED =
            "recent recommendations were higher than current one, applying the highest recent recommendation";

    /// Why, in the words of a condition.
    record Reason(String reason, String message) {}

    /// @param replicas there are to be
    /// @param ability of the condition AbleToScale
    /// @param isLimited whether the recommendation was cut, and
    /// @param limit of the condition ScalingLimited
    record Limited(int replicas, Reason ability, boolean isLimited, Reason limit) {}

    private record Cut(int replicas, Reason reason) {}

    static ScalingLimits of(HorizontalPodAutoscaler autoscaler) {
        var spec = autoscaler.getSpec();
        var behavior = spec.getBehavior();
        int least = Objects.requireNonNullElse(spec.getMinReplicas(), 1);
        return behavior == null
                ? new ScalingLimits(least, spec.getMaxReplicas(), null, null)
                : new ScalingLimits(least, spec.getMaxReplicas(), behavior.getScaleUp(), behavior.getScaleDown());
    }

    /// What is to be done with `recommended` replicas when there are `current`; it is noted in `history`.
    Limited limit(int current, int recommended, ScalingHistory history, Instant now) {
        int stable = hasRules() ? stabilized(current, recommended, history, now) : calm(recommended, history, now);
        history.recommended(now, recommended);
        Reason ability = stable == recommended
                ? new Reason("ReadyForNewScale", "recommended size matches current size")
                : hasRules() && recommended >= current
                        ? new Reason("ScaleUpStabilized", UP_STABILIZED)
                        : new Reason("ScaleDownStabilized", DOWN_STABILIZED);
        Cut cut = hasRules() ? paced(current, stable, history, now) : bounded(current, stable);
        return new Limited(cut.replicas(), ability, cut.replicas() != stable, cut.reason());
    }

    private boolean hasRules() {
        return up != null && down != null;
    }

    /// Shrinks to the highest of the last minutes only.
    private static int calm(int recommended, ScalingHistory history, Instant now) {
        return highest(recommended, history.recommendations(now.minus(CALM)));
    }

    private static int highest(int recommended, List<ScalingHistory.Recommendation> recent) {
        return recent.stream().mapToInt(ScalingHistory.Recommendation::replicas).reduce(recommended, Math::max);
    }

    private int stabilized(int current, int recommended, ScalingHistory history, Instant now) {
        int lowest = history.recommendations(now.minus(window(up, Duration.ZERO))).stream()
                .mapToInt(ScalingHistory.Recommendation::replicas)
                .reduce(recommended, Math::min);
        int highest = highest(recommended, history.recommendations(now.minus(window(down, CALM))));
        return Math.min(Math.max(current, lowest), highest);
    }

    private static Duration window(HPAScalingRules rules, Duration usual) {
        Integer seconds = rules.getStabilizationWindowSeconds();
        return seconds == null ? usual : Duration.ofSeconds(seconds);
    }

    private Cut bounded(int current, int wanted) {
        int pace = Math.max(GROWTH * current, FIRST_GROWTH);
        if (wanted < least) {
            return new Cut(least, tooFew());
        }
        if (wanted > Math.min(most, pace)) {
            return new Cut(Math.min(most, pace), most > pace ? tooFast("increasing", "ScaleUpLimit") : tooMany());
        }
        return within(wanted);
    }

    private Cut paced(int current, int wanted, ScalingHistory history, Instant now) {
        if (wanted > current) {
            int pace = Math.max(current, pace(current, history, now, up, 1));
            int allowed = Math.min(most, pace);
            if (wanted > allowed) {
                return new Cut(allowed, most > pace ? tooFast("increasing", "ScaleUpLimit") : tooMany());
            }
        } else if (wanted < current) {
            int pace = Math.min(current, pace(current, history, now, down, -1));
            int allowed = Math.max(least, pace);
            if (wanted < allowed) {
                return new Cut(allowed, least < pace ? tooFast("decreasing", "ScaleDownLimit") : tooFew());
            }
        }
        return within(wanted);
    }

    /// How far the policies let it go.
    ///
    /// @param sign 1 to grow, -1 to shrink
    private static int pace(int current, ScalingHistory history, Instant now, HPAScalingRules rules, int sign) {
        String select = Objects.requireNonNullElse(rules.getSelectPolicy(), "Max");
        if (select.equals("Disabled")) {
            return current;
        }
        IntStream proposals = rules.getPolicies().stream().mapToInt(policy -> {
            Instant since = now.minusSeconds(policy.getPeriodSeconds());
            return proposal(current - history.change(since), policy, sign);
        });
        // The greatest change is the most when growing, and the least when shrinking.
        boolean wantsMost = select.equals("Min") == (sign < 0);
        return wantsMost
                ? proposals.max().orElse(Integer.MIN_VALUE)
                : proposals.min().orElse(Integer.MAX_VALUE);
    }

    private static int proposal(int start, HPAScalingPolicy policy, int sign) {
        if (policy.getType().equals("Pods")) {
            return start + sign * policy.getValue();
        }
        double proposed = start * (1 + sign * policy.getValue() / 100.0);
        return (int) (sign > 0 ? Math.ceil(proposed) : proposed);
    }

    private static Cut within(int wanted) {
        return new Cut(wanted, new Reason("DesiredWithinRange", "the desired count is within the acceptable range"));
    }

    private static Reason tooFew() {
        return new Reason("TooFewReplicas", "the desired replica count is less than the minimum replica count");
    }

    private static Reason tooMany() {
        return new Reason("TooManyReplicas", "the desired replica count is more than the maximum replica count");
    }

    private static Reason tooFast(String how, String reason) {
        return new Reason(reason, "the desired replica count is " + how + " faster than the maximum scale rate");
    }
}
