package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.autoscaling.v2.HPAScalingPolicy;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HPAScalingRules;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HPAScalingRulesBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalingLimitsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            3  | 5   | 5  | DesiredWithinRange
            3  | 1   | 2  | TooFewReplicas
            3  | 50  | 6  | ScaleUpLimit
            1  | 50  | 4  | ScaleUpLimit
            10 | 50  | 15 | TooManyReplicas
            """)
    void withoutRulesGrowthDoublesAtMost(int current, int wanted, int expected, String reason) {
        var limits = new ScalingLimits(2, 15, null, null);

        var limited = limits.limit(current, wanted, old(current), NOW);

        assertThat(limited.replicas()).isEqualTo(expected);
        assertThat(limited.limit().reason()).isEqualTo(reason);
        assertThat(limited.isLimited()).isEqualTo(expected != wanted);
    }

    @Test
    void withoutRulesShrinkingWaitsForFiveCalmMinutes() {
        var limits = new ScalingLimits(1, 10, null, null);
        var history = old(6);

        assertThat(limits.limit(6, 6, history, NOW).replicas()).isEqualTo(6);
        var soon = limits.limit(6, 2, history, NOW.plusSeconds(60));
        assertThat(soon.replicas()).isEqualTo(6);
        assertThat(soon.ability().reason()).isEqualTo("ScaleDownStabilized");
        var later = limits.limit(6, 2, history, NOW.plus(Duration.ofMinutes(6)));
        assertThat(later.replicas()).isEqualTo(2);
        assertThat(later.ability().reason()).isEqualTo("ReadyForNewScale");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Max      | Pods 4 60, Percent 100 60 | 2  | 6
            Max      | Pods 4 60, Percent 100 60 | 10 | 20
            Min      | Pods 4 60, Percent 100 60 | 10 | 14
            Disabled | Pods 4 60                 | 10 | 10
            Max      | Percent 10 60             | 1  | 2
            """)
    void policiesSayHowFastToGrow(String select, String policies, int current, int expected) {
        var limits = new ScalingLimits(1, 100, rules(select, policies, 0), rules("Max", "Percent 100 15", 0));

        assertThat(limits.limit(current, 100, old(current), NOW).replicas()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Max      | Pods 4 60, Percent 50 60 | 20 | 10
            Min      | Pods 4 60, Percent 50 60 | 20 | 16
            Disabled | Percent 100 60           | 20 | 20
            Max      | Pods 100 60              | 20 | 3
            """)
    void policiesSayHowFastToShrink(String select, String policies, int current, int expected) {
        var limits = new ScalingLimits(3, 100, rules("Max", "Percent 100 15", 0), rules(select, policies, 0));

        assertThat(limits.limit(current, 1, old(current), NOW).replicas()).isEqualTo(expected);
    }

    @Test
    void whatWasDoneInTheSamePeriodCounts() {
        var limits = new ScalingLimits(1, 100, rules("Max", "Pods 4 60", 0), rules("Max", "Percent 100 15", 0));
        var history = old(10);
        history.scaled(NOW, 3);

        var limited = limits.limit(13, 50, history, NOW.plusSeconds(30));
        assertThat(limited.replicas()).isEqualTo(14);
        assertThat(limited.limit().reason()).isEqualTo("ScaleUpLimit");
        assertThat(limits.limit(13, 50, history, NOW.plusSeconds(61)).replicas())
                .isEqualTo(17);
    }

    @Test
    void aWindowToGrowTakesTheLowestOfItsRecommendations() {
        var limits = new ScalingLimits(1, 100, rules("Max", "Percent 900 15", 60), rules("Max", "Percent 100 15", 300));
        var history = old(2);

        var first = limits.limit(2, 8, history, NOW);
        assertThat(first.replicas()).isEqualTo(8);
        limits.limit(2, 4, history, NOW.plusSeconds(15));
        var second = limits.limit(2, 9, history, NOW.plusSeconds(30));
        assertThat(second.replicas()).isEqualTo(4);
        assertThat(second.ability().reason()).isEqualTo("ScaleUpStabilized");
    }

    private static ScalingHistory old(int replicas) {
        return new ScalingHistory(NOW.minus(Duration.ofMinutes(30)), replicas);
    }

    private static HPAScalingRules rules(String select, String policies, int window) {
        List<HPAScalingPolicy> all = Stream.of(policies.split(", "))
                .map(policy -> policy.split(" "))
                .map(parts -> new HPAScalingPolicy(Integer.valueOf(parts[2]), parts[0], Integer.valueOf(parts[1])))
                .toList();
        return new HPAScalingRulesBuilder()
                .withSelectPolicy(select)
                .withPolicies(all)
                .withStabilizationWindowSeconds(window)
                .build();
    }
}
