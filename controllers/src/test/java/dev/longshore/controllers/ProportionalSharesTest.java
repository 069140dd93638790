package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.controllers.ProportionalShares.Share;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ProportionalSharesTest {

    @Test
    void aLargerDeploymentGrowsBothTemplatesInProportion() {
        assertThat(ProportionalShares.of(
                        new RolloutPlan(18, 0, 0), List.of(share("old", 6, 9, 1), share("new", 3, 9, 2)), 9))
                .isEqualTo(Map.of("old", 12, "new", 6));
    }

    @Test
    void whatRoundingLeavesOverGoesToTheLargest() {
        // 10 of 13 allowed pods before, 15 + 3 now.
        assertThat(ProportionalShares.of(
                        new RolloutPlan(15, 3, 2), List.of(share("old", 8, 13, 1), share("new", 5, 13, 2)), 13))
                .isEqualTo(Map.of("old", 11, "new", 7));
    }

    @Test
    void ofEqualSetsTheNewerGrowsAndTheOlderShrinks() {
        List<Share> equal = List.of(share("old", 5, 10, 1), share("new", 5, 10, 2));

        assertThat(ProportionalShares.of(new RolloutPlan(11, 0, 0), equal, 10)).isEqualTo(Map.of("new", 6, "old", 5));
        assertThat(ProportionalShares.of(new RolloutPlan(9, 0, 0), equal, 10)).isEqualTo(Map.of("old", 4, "new", 5));
    }

    @Test
    void nothingIsLeftOfADeploymentOfNone() {
        assertThat(ProportionalShares.of(
                        new RolloutPlan(0, 2, 0), List.of(share("old", 8, 13, 1), share("new", 5, 13, 2)), 13))
                .isEqualTo(Map.of("old", 0, "new", 0));
    }

    @Test
    void aSetThatWasNeverSizedGoesByThePodsThatThereAre() {
        assertThat(ProportionalShares.of(
                        new RolloutPlan(20, 0, 0), List.of(share("adopted", 4, 0, 1), share("new", 6, 10, 2)), 10))
                .isEqualTo(Map.of("adopted", 8, "new", 12));
    }

    @Property
    void allTogetherAreWhatIsAllowed(
            @ForAll @IntRange(min = 1, max = 50) int one,
            @ForAll @IntRange(min = 1, max = 50) int other,
            @ForAll @IntRange(min = 1, max = 100) int desired,
            @ForAll @IntRange(max = 10) int surge) {
        int before = one + other;

        Map<String, Integer> sizes = ProportionalShares.of(
                new RolloutPlan(desired, surge, 0),
                List.of(share("a", one, before, 1), share("b", other, before, 2)),
                before);

        assertThat(sizes.values()).allMatch(size -> size >= 0);
        assertThat(sizes.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(desired + surge);
    }

    private static Share share(String name, int replicas, int mostBefore, int age) {
        return new Share(name, replicas, mostBefore, "2026-01-01T00:00:0" + age + "Z");
    }
}
