package dev.longshore.scheduler.devices;

import dev.longshore.base.Time;
import dev.longshore.scheduler.framework.PreparationException;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// Waits until devices are ready that somebody has to make so first: ten minutes, counted from when they were given.
///
/// @param present what is known of a claim by now, if it is still there
/// @param giveUp told of a claim for whose devices nobody waits any more
record BindingWait(
        Function<ResourceClaim, Optional<ResourceClaim>> present, Consumer<ResourceClaim> giveUp, Time time) {

    private static final Duration LIMIT = Duration.ofSeconds(600);
    private static final Duration POLL = Duration.ofMillis(50);

    /// Waits for all of `claims`; not at all if none has such devices.
    ///
    /// @param told when it takes a while
    /// @throws PreparationException when they will not be ready, or not in time
    void await(List<ResourceClaim> claims, Runnable told) throws InterruptedException {
        if (claims.stream().noneMatch(BindingConditions::has)) {
            return;
        }
        Instant begun = time.now();
        boolean isTold = false;
        while (!areReady(claims, begun)) {
            if (!isTold) {
                told.run();
                isTold = true;
            }
            time.sleep(POLL);
        }
    }

    private boolean areReady(List<ResourceClaim> claims, Instant begun) {
        for (ResourceClaim written : claims) {
            ResourceClaim claim = present.apply(written)
                    .orElseThrow(() -> new PreparationException("resourceclaim \"%s\" not found"
                            .formatted(written.getMetadata().getName())));
            switch (BindingConditions.of(claim)) {
                case BindingConditions.Ready() -> {}
                case BindingConditions.Pending() -> {
                    if (given(claim).orElse(begun).plus(LIMIT).isBefore(time.now())) {
                        giveUp.accept(claim);
                        throw new PreparationException("device binding timeout: claim="
                                + claim.getMetadata().getName());
                    }
                    return false;
                }
                case BindingConditions.Failed(String message) -> throw new PreparationException(message);
            }
        }
        return true;
    }

    /// Nothing if somebody has taken its devices from it meanwhile, or does not say when it got them.
    private static Optional<Instant> given(ResourceClaim claim) {
        return Optional.ofNullable(claim.getStatus())
                .map(status -> status.getAllocation())
                .map(allocation -> allocation.getAllocationTimestamp())
                .map(Instant::parse);
    }
}
