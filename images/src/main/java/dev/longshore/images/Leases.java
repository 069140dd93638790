package dev.longshore.images;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/// Keeps content from the garbage collector while somebody works with it and no image holds it yet.
///
/// A collector first calls [#beginSweep]: from then on whatever is kept, even for a moment, survives this
/// sweep. So content that a lease covers until an image holds it has no instant in which it can be lost.
/// Thread-safe.
public final class Leases {

    private final Time time;
    private final Set<Lease> leases = new HashSet<>();
    private final Set<Digest> doomed = new HashSet<>();
    private final Set<Digest> keptDuringSweep = new HashSet<>();
    private boolean isSweeping;

    Leases(Time time) {
        this.time = time;
    }

    /// A lease that lasts until it is closed.
    public Lease open() {
        return open(Long.MAX_VALUE);
    }

    /// A lease that lasts until it is closed, but not longer than `limit` after its last use.
    public Lease openFor(Duration limit) {
        return open(limit.toNanos());
    }

    private synchronized Lease open(long limit) {
        var lease = new Lease(limit);
        leases.removeIf(Lease::isOver);
        leases.add(lease);
        return lease;
    }

    synchronized void beginSweep() {
        isSweeping = true;
        for (Lease lease : leases) {
            if (!lease.isOver()) {
                keptDuringSweep.addAll(lease.kept);
            }
        }
    }

    synchronized void endSweep() {
        isSweeping = false;
        keptDuringSweep.clear();
    }

    synchronized boolean isKept(Digest digest) {
        return keptDuringSweep.contains(digest)
                || leases.stream().anyMatch(lease -> !lease.isOver() && lease.kept.contains(digest));
    }

    /// Runs `deletion` unless somebody keeps `digest`; whoever wants to keep it meanwhile waits for the end.
    boolean unlessKept(Digest digest, Runnable deletion) {
        synchronized (this) {
            if (isKept(digest)) {
                return false;
            }
            doomed.add(digest);
        }
        try {
            deletion.run();
        } finally {
            synchronized (this) {
                doomed.remove(digest);
                notifyAll();
            }
        }
        return true;
    }

    private synchronized void keep(Lease lease, Digest digest) {
        boolean interrupted = false;
        while (doomed.contains(digest)) {
            try {
                wait();
            } catch (InterruptedException later) {
                interrupted = true; // Removing a file takes no time worth giving up for.
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        lease.kept.add(digest);
        lease.lastUse = time.nanoTime();
        leases.add(lease);
        if (isSweeping) {
            keptDuringSweep.add(digest);
        }
    }

    private synchronized void close(Lease lease) {
        leases.remove(lease);
    }

    /// What one piece of work keeps.
    public final class Lease implements AutoCloseable {
        private final Set<Digest> kept = new HashSet<>();
        private final long limit;
        private long lastUse = time.nanoTime();

        private Lease(long limit) {
            this.limit = limit;
        }

        /// Keeps `digest`, whether it is there already or not. Ask whether it is there only afterwards.
        public void keep(Digest digest) {
            Leases.this.keep(this, digest);
        }

        @Override
        public void close() {
            Leases.this.close(this);
        }

        private boolean isOver() {
            return time.nanoTime() - lastUse > limit;
        }
    }
}
