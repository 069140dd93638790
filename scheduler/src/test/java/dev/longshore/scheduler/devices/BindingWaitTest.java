package dev.longshore.scheduler.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BindingWaitTest {

    private static final String ALLOCATED = """
            status:
              allocation:
                TIMESTAMP
                devices: {results: [{request: r, driver: d, pool: p, device: one, bindingConditions: [attached]}]}
            """;

    private final ManualTime time = new ManualTime();
    private final List<String> givenUp = new ArrayList<>();

    private static ResourceClaim claim(String status) {
        return Serialization.unmarshal("metadata: {name: c, namespace: n, uid: u}\n" + status, ResourceClaim.class);
    }

    private ResourceClaim waiting(String timestamp) {
        return claim(ALLOCATED.replace("TIMESTAMP", timestamp));
    }

    private void await(ResourceClaim written, Optional<ResourceClaim> present, Runnable told)
            throws InterruptedException {
        new BindingWait(
                        claim -> present,
                        claim -> givenUp.add(claim.getMetadata().getName()),
                        new Passing(time))
                .await(List.of(written), told);
    }

    @Test
    void devicesThatAreReadyAtOnceAreNotWaitedFor() throws Exception {
        await(claim(""), Optional.empty(), () -> givenUp.add("told"));

        assertThat(givenUp).isEmpty();
    }

    @Test
    void aClaimThatGotItsDevicesTenMinutesAgoIsGivenUp() {
        ResourceClaim old = waiting("allocationTimestamp: '" + time.now().minusSeconds(601) + "'");

        assertThatThrownBy(() -> await(old, Optional.of(old), () -> {})).hasMessage("device binding timeout: claim=c");
        assertThat(givenUp).containsExactly("c");
    }

    @Test
    void aClaimThatIsGoneIsNotWaitedFor() {
        assertThatThrownBy(() -> await(waiting(""), Optional.empty(), () -> {}))
                .hasMessage("resourceclaim \"c\" not found");
    }

    @Test
    void aClaimWhoseDevicesSomebodyTookAwayIsWaitedForTenMinutesAtMost() {
        Instant begun = time.now();
        var told = new ArrayList<String>();

        assertThatThrownBy(() -> await(waiting(""), Optional.of(claim("")), () -> told.add("waits")))
                .hasMessage("device binding timeout: claim=c");

        assertThat(told).containsExactly("waits");
        assertThat(Duration.between(begun, time.now())).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(11));
    }

    /// Whoever sleeps makes the time pass.
    private record Passing(ManualTime clock) implements Time {
        @Override
        public Instant now() {
            return clock.now();
        }

        @Override
        public long nanoTime() {
            return clock.nanoTime();
        }

        @Override
        public void sleep(Duration span) {
            clock.advance(span);
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            return clock.schedule(delay, task);
        }
    }
}
