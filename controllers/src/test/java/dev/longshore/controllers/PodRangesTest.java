package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

class PodRangesTest {

    @Test
    void theFirstPartThatNobodyHasIsFree() {
        PodRanges ranges = PodRanges.of("10.244.0.0/16", 8);

        assertThat(ranges.firstFree(Set.of())).contains("10.244.0.0/24");
        assertThat(ranges.firstFree(Set.of("10.244.0.0/24", "10.244.2.0/24"))).contains("10.244.1.0/24");
    }

    @Test
    void aFullRangeHasNone() {
        assertThat(PodRanges.of("10.9.4.0/23", 8).firstFree(Set.of("10.9.4.0/24", "10.9.5.0/24")))
                .isEmpty();
    }

    @Test
    void aRangeSmallerThanAPartIsRefused() {
        assertThatThrownBy(() -> PodRanges.of("10.0.0.0/28", 8)).hasMessageContaining("10.0.0.0/28 is too small");
    }
}
