package dev.longshore.kubelet.serving;

import dev.longshore.base.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/// Whether the kubelet looks after its pods, as `/healthz/syncloop` tells it. It does not when a change of a pod has
/// not reached its worker for long, or when the runtime has not answered for so long: then the original's loop stands
/// still.
public final class SyncLoop {

    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final Supplier<Optional<Instant>> dispatchingSince;
    private final Supplier<Optional<Instant>> runtimeWell;
    private final Time time;

    /// @param dispatchingSince since when a change has been on its way
    /// @param runtimeWell when the runtime last answered; empty before it ever did, which is no fault of the loop's
    public SyncLoop(Supplier<Optional<Instant>> dispatchingSince, Supplier<Optional<Instant>> runtimeWell, Time time) {
        this.dispatchingSince = dispatchingSince;
        this.runtimeWell = runtimeWell;
        this.time = time;
    }

    /// What is wrong, in the kubelet's words.
    Optional<String> problem() {
        Instant limit = time.now().minus(LONGEST);
        boolean isLate = dispatchingSince.get().filter(limit::isAfter).isPresent()
                || runtimeWell.get().filter(limit::isAfter).isPresent();
        return isLate ? Optional.of("sync Loop took longer than expected") : Optional.empty();
    }
}
