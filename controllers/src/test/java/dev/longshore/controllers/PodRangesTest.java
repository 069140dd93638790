package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

class PodRangesTest {

    @Test
    void theFirstPartThatNobodyHasIsFree() {
        PodRanges ranges = PodRanges.of("10.244.0.0/16");

        assertThat(ranges.firstFree(Set.of())).contains("10.244.0.0/24");
        assertThat(ranges.firstFree(Set.of("10.244.0.0/24", "10.244.2.0/24"))).contains("10.244.1.0/24");
    }

    @Test
    void aFullRangeHasNone() {
        assertThat(PodRanges.of("10.9.4.0/23").firstFree(Set.of("10.9.4.0/24", "10.9.5.0/24")))
                .isEmpty();
    }

    @Test
    void nodesGetNetworksOfSixtyFourBitsOfARangeOfTheNewFamily() {
        PodRanges range = PodRanges.all("10.244.0.0/16,fd00:10:244::/56").getLast();

        assertThat(range.firstFree(Set.of())).contains("fd00:10:244::/64");
        assertThat(range.firstFree(Set.of("fd00:10:244::/64"))).contains("fd00:10:244:1::/64");
        assertThat(PodRanges.of("fd00::/64").firstFree(Set.of())).contains("fd00::/64");
        assertThat(PodRanges.of("fd00::/64").firstFree(Set.of("fd00::/64"))).isEmpty();
    }

    @Test
    void whatIsNoRangeOrTooLargeOneIsRefused() {
        assertThatThrownBy(() -> PodRanges.of("somewhere/8")).hasMessageContaining("not an address range");
        assertThatThrownBy(() -> PodRanges.of("10.0.0.0")).hasMessageContaining("not an address range");
        assertThatThrownBy(() -> PodRanges.of("fd00::/32")).hasMessageContaining("too many parts");
    }

    @Test
    void aRangeSmallerThanAPartIsRefused() {
        assertThatThrownBy(() -> PodRanges.of("10.0.0.0/28")).hasMessageContaining("10.0.0.0/28 is too small");
    }
}
