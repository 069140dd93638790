package dev.longshore.kubelet.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.kubelet.pods.FakeRuntime;
import dev.longshore.runtime.Containers;
import dev.longshore.runtime.HandlerFeatures;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.Sandboxes;
import dev.longshore.runtime.Streams;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RuntimeHealthTest {

    private static final Duration PATIENCE = Duration.ofMillis(30);

    private final ManualTime time = new ManualTime();
    private final HangingRuntime runtime = new HangingRuntime(new FakeRuntime(time));
    // The first answers are waited for; a loaded machine may take long for them.
    private final RuntimeHealth patient = new RuntimeHealth(runtime, time, Duration.ofSeconds(20));

    @AfterEach
    void letGo() {
        runtime.hang.countDown();
    }

    @Test
    void aRuntimeThatAnswersIsHealthy() throws Exception {
        assertThat(patient.problems(time.now())).isEmpty();
    }

    @Test
    void oneThatHasNeverAnsweredIsNotJudgedYet() throws Exception {
        runtime.hangs = true;

        assertThat(new RuntimeHealth(runtime, time, PATIENCE).problems(time.now()))
                .containsExactly(
                        "container runtime status check may not have completed yet",
                        "PLEG is not healthy: pleg has yet to be successful");
    }

    @Test
    void oneThatHangsIsDownAfterHalfAMinuteAndNeverHoldsUpTheReport() throws Exception {
        var health = new RuntimeHealth(runtime, time, Duration.ofMillis(500));
        assertThat(health.problems(time.now())).isEmpty();
        runtime.hangs = true;

        time.advance(Duration.ofSeconds(29));
        assertThat(health.problems(time.now())).isEmpty();
        time.advance(Duration.ofSeconds(1));
        assertThat(health.problems(time.now())).containsExactly("container runtime is down");
        time.advance(Duration.ofSeconds(155));
        assertThat(health.problems(time.now()))
                .containsExactly(
                        "container runtime is down",
                        "PLEG is not healthy: pleg was last seen active 3m5s ago; threshold is 3m0s");
    }

    @Test
    void oneThatSaysItIsNotReadyIsQuoted() throws Exception {
        runtime.said = new NodeRuntime.Readiness(true, false, "no pod range yet");

        assertThat(patient.problems(time.now()))
                .containsExactly("container runtime network not ready: NetworkReady=false"
                        + " reason:NetworkPluginNotReady message:Network plugin returns error: no pod range yet");
    }

    /// As the runtime of this program does when crun hangs: its list of containers is at hand all the same.
    @Test
    void oneThatFailsToSayHowItIsIsDownToo() throws Exception {
        assertThat(patient.problems(time.now())).isEmpty();
        runtime.fails = true;

        time.advance(Duration.ofSeconds(30));
        assertThat(patient.problems(time.now())).containsExactly("container runtime is down");
        runtime.fails = false;
        assertThat(patient.problems(time.now())).isEmpty();
    }

    /// Hangs on demand.
    private static final class HangingRuntime implements NodeRuntime {
        private final FakeRuntime real;
        private final CountDownLatch hang = new CountDownLatch(1);
        private volatile boolean hangs;
        private volatile boolean fails;
        private volatile Readiness said = new Readiness(true, true, "");

        HangingRuntime(FakeRuntime real) {
            this.real = real;
        }

        private <T> T after(T answer) {
            try {
                if (hangs) {
                    hang.await();
                }
                return answer;
            } catch (InterruptedException closed) {
                throw new IllegalStateException(closed);
            }
        }

        @Override
        public String version() {
            return real.version();
        }

        @Override
        public Sandboxes sandboxes() {
            return real.sandboxes();
        }

        @Override
        public HandlerFeatures features(String handler) {
            return real.features(handler);
        }

        @Override
        public Containers containers() {
            return after(real.containers());
        }

        @Override
        public Images images() {
            return after(real.images());
        }

        @Override
        public Streams streams() {
            return real.streams();
        }

        @Override
        public Readiness readiness() {
            if (fails) {
                throw new RuntimeFaultException(RuntimeFaultException.Kind.TIMED_OUT, "crun does not answer");
            }
            return after(said);
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
