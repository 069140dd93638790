package dev.longshore.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventCorrelatorTest {

    private final ManualTime time = new ManualTime();
    private final EventCorrelator correlator = new EventCorrelator(time);

    @Test
    void theSameAgainCountsUp() {
        assertThat(write("a", "pulled").getCount()).isEqualTo(1);
        assertThat(write("a", "pulled").getCount()).isEqualTo(2);
        assertThat(write("a", "pulled").getCount()).isEqualTo(3);
        assertThat(write("b", "pulled").getCount()).isEqualTo(1);
    }

    @Test
    void whatIsGoneIsWrittenAnew() {
        write("a", "pulled");
        var decision = correlator.correlate(event("a", "pulled")).orElseThrow();
        assertThat(decision.isKnown()).isTrue();

        correlator.forget(decision);

        assertThat(correlator.correlate(event("a", "pulled")).orElseThrow().isKnown())
                .isFalse();
    }

    @Test
    void tenAlikeAreCombined() {
        for (int i = 1; i < 10; i++) {
            assertThat(write("a", "try " + i).getMessage()).isEqualTo("try " + i);
        }

        assertThat(write("a", "try 10").getMessage()).isEqualTo("(combined from similar events): try 10");
        Event next = write("a", "try 11");

        assertThat(next.getMessage()).isEqualTo("(combined from similar events): try 11");
        assertThat(next.getCount()).isEqualTo(2);
        time.advance(Duration.ofMinutes(11));
        assertThat(write("a", "try 12").getMessage()).isEqualTo("try 12");
    }

    @Test
    void oneObjectsFloodIsDropped() {
        int passed = 0;
        for (int i = 0; i < 100; i++) {
            passed += correlator.correlate(event("a", "flood")).isPresent() ? 1 : 0;
        }
        assertThat(passed).isEqualTo(25);
        assertThat(correlator.correlate(event("b", "flood"))).isPresent();

        time.advance(Duration.ofMinutes(5));
        assertThat(correlator.correlate(event("a", "flood"))).isPresent();
        assertThat(correlator.correlate(event("a", "flood"))).isEmpty();
    }

    private Event write(String pod, String message) {
        Optional<EventCorrelator.Decision> decision = correlator.correlate(event(pod, message));
        assertThat(decision).isPresent();
        correlator.wrote(decision.get(), decision.get().event());
        return decision.get().event();
    }

    private static Event event(String pod, String message) {
        return new EventBuilder()
                .withNewInvolvedObject()
                .withKind("Pod")
                .withNamespace("default")
                .withName(pod)
                .endInvolvedObject()
                .withType("Normal")
                .withReason("Pulled")
                .withMessage(message)
                .withCount(1)
                .build();
    }
}
