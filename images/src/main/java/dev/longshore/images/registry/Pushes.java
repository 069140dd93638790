package dev.longshore.images.registry;

import dev.longshore.base.Digest;
import dev.longshore.images.Leases;
import java.time.Duration;

/// Keeps what clients push, or count on being there, until the manifest comes that holds it: an hour after the
/// last piece. One lease for all clients, for a request does not say which push it belongs to.
final class Pushes {

    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final int MOST = 10_000;

    private final Leases leases;
    private Leases.Lease lease;
    private int count;

    Pushes(Leases leases) {
        this.leases = leases;
        this.lease = leases.openFor(PATIENCE);
    }

    /// Keeps `digest` for a while. A lease that has grown large is left to run out by itself.
    synchronized void keep(Digest digest) {
        if (++count > MOST) {
            lease = leases.openFor(PATIENCE);
            count = 0;
        }
        lease.keep(digest);
    }
}
