package dev.longshore.runtime.linux;

import dev.longshore.base.Time;
import dev.longshore.linux.CommandFailedException;
import dev.longshore.linux.CommandTimedOutException;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Whether the OCI runtime answers at all: asked for its version now and then, and in between known from the last time.
/// Thread-safe; whoever asks while a question is out gets the answer to the one before.
final class OciPulse {

    private static final Duration FRESH = Duration.ofSeconds(8);

    private final OciRuntime oci;
    private final Time time;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile Instant asked = Instant.EPOCH;
    private volatile Optional<String> failure = Optional.empty();

    OciPulse(OciRuntime oci, Time time) {
        this.oci = oci;
        this.time = time;
    }

    /// @throws RuntimeFaultException when it does not answer
    void require() {
        if (asked.plus(FRESH).isBefore(time.now()) && asking.tryLock()) {
            try {
                failure = ask();
                asked = time.now();
            } finally {
                asking.unlock();
            }
        }
        failure.ifPresent(why -> {
            throw new RuntimeFaultException(Kind.TIMED_OUT, why);
        });
    }

    private Optional<String> ask() {
        try {
            oci.version();
            return Optional.empty();
        } catch (CommandTimedOutException hung) {
            return Optional.of("the OCI runtime does not answer: " + hung.getMessage());
        } catch (CommandFailedException broken) {
            return Optional.of("the OCI runtime fails: " + broken.getMessage());
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
            return failure;
        }
    }
}
