package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.controllers.RolloutPlan.Member;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RolloutPlanTest {

    @Test
    void percentagesRoundUpForSurgeAndDownForUnavailability() {
        assertThat(RolloutPlan.of(3, new IntOrString("25%"), new IntOrString("25%")))
                .isEqualTo(new RolloutPlan(3, 1, 0));
        assertThat(RolloutPlan.of(10, new IntOrString("25%"), new IntOrString("25%")))
                .isEqualTo(new RolloutPlan(10, 3, 2));
    }

    @Test
    void aPlanThatCouldNeverMoveMayTakeOneAway() {
        assertThat(RolloutPlan.of(3, new IntOrString(0), new IntOrString(0)).maxUnavailable())
                .isEqualTo(1);
    }

    @Test
    void theNewSetGrowsByTheSurgeFirst() {
        assertThat(new RolloutPlan(3, 1, 0).grown(new Member("new", 0, 0), List.of(new Member("old", 3, 3))))
                .isEqualTo(1);
    }

    @Test
    void anOldPodGoesOnlyWhenANewOneIsAvailable() {
        var plan = new RolloutPlan(3, 1, 0);
        var old = List.of(new Member("old", 3, 3));

        assertThat(plan.shrunk(new Member("new", 1, 0), old)).isEqualTo(Map.of("old", 3));
        assertThat(plan.shrunk(new Member("new", 1, 1), old)).isEqualTo(Map.of("old", 2));
    }

    @Test
    void brokenOldPodsGoFirst() {
        assertThat(new RolloutPlan(3, 1, 1).shrunk(new Member("new", 1, 0), List.of(new Member("old", 3, 1))))
                .isEqualTo(Map.of("old", 2));
    }

    @Test
    void oneWithoutPodsHasNobodyToMiss() {
        assertThat(RolloutPlan.of(0, new IntOrString(0), new IntOrString(1)).maxUnavailable())
                .isZero();
    }

    @Test
    void brokenPodsOfTheNewSetKeepOldOnesAlive() {
        // 10 wanted, 3 more allowed, 2 may be missing; 5 new ones crash, one of 8 old ones is not available.
        assertThat(new RolloutPlan(10, 3, 2).shrunk(new Member("new", 5, 0), List.of(new Member("old", 8, 7))))
                .isEqualTo(Map.of("old", 8));
    }

    @Property
    void aRolloutEndsAndNeverLeavesItsBounds(
            @ForAll @IntRange(max = 20) int desired,
            @ForAll @IntRange(max = 5) int surge,
            @ForAll @IntRange(max = 5) int unavailable) {
        RolloutPlan plan = RolloutPlan.of(desired, new IntOrString(surge), new IntOrString(unavailable));
        var fresh = new Member("new", 0, 0);
        var old = new Member("old", desired, desired);
        for (int step = 0; step < 4 * desired + 4; step++) {
            int grown = plan.grown(fresh, List.of(old));
            if (grown == fresh.replicas()) {
                int shrunk = plan.shrunk(fresh, List.of(old)).get("old");
                old = new Member("old", shrunk, shrunk);
            }
            assertThat(grown + old.replicas()).isLessThanOrEqualTo(desired + plan.maxSurge());
            assertThat(fresh.available() + old.available()).isGreaterThanOrEqualTo(desired - plan.maxUnavailable());
            fresh = new Member("new", grown, grown);
        }
        assertThat(fresh.replicas()).isEqualTo(desired);
        assertThat(old.replicas()).isZero();
    }
}
