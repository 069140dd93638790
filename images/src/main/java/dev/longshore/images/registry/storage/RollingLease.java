package dev.longshore.images.registry.storage;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.images.Leases;
import java.time.Duration;

/// Keeps content for a while after it was last spoken of. Not one lease per push, for a request does not say which
/// push it belongs to, but one per quarter of an hour: so none lasts for ever where there is always somebody who
/// pushes. Thread-safe.
final class RollingLease {

    private static final Duration TURN = Duration.ofMinutes(15);
    private static final int MOST = 10_000;

    private final Leases leases;
    private final Duration patience;
    private final Time time;
    private Leases.Lease lease;
    private int count;
    private long begun;

    RollingLease(Leases leases, Duration patience, Time time) {
        this.leases = leases;
        this.patience = patience;
        this.time = time;
        this.lease = leases.openFor(patience);
        this.begun = time.nanoTime();
    }

    /// Keeps `digest`. A lease that has grown old or large is left to run out by itself.
    synchronized void keep(Digest digest) {
        if (++count > MOST || time.nanoTime() - begun > TURN.toNanos()) {
            lease = leases.openFor(patience);
            count = 0;
            begun = time.nanoTime();
        }
        lease.keep(digest);
    }
}
