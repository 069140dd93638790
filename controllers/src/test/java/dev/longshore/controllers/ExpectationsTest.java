package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ExpectationsTest {

    private final ManualTime time = new ManualTime();
    private final Expectations expectations = new Expectations(time);

    @Test
    void areMetWhenEverythingCameBack() {
        assertThat(expectations.areMet("set")).isTrue();
        expectations.creations("set", 2);
        expectations.deletion("set", "uid");

        expectations.created("set");
        expectations.created("set");
        assertThat(expectations.areMet("set")).isFalse();
        expectations.deleted("set", "uid");

        assertThat(expectations.areMet("set")).isTrue();
    }

    @Test
    void aDeletionIsSeenOnceOnly() {
        expectations.deletion("set", "one");
        expectations.deletion("set", "two");

        expectations.deleted("set", "one");
        expectations.deleted("set", "one");

        assertThat(expectations.areMet("set")).isFalse();
    }

    @Test
    void areGivenUpAfterFiveMinutes() {
        expectations.creations("set", 1);
        time.advance(Duration.ofMinutes(5));
        assertThat(expectations.areMet("set")).isFalse();

        time.advance(Duration.ofSeconds(1));

        assertThat(expectations.areMet("set")).isTrue();
    }
}
