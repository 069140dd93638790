package dev.longshore.images.registry.storage;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.images.Leases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Keeps what clients push, or count on being there, until the manifest comes that holds it: an hour after the
/// last piece; and knows which repository it was pushed to. Not one lease per push, for a request does not say which
/// push it belongs to, but one per quarter of an hour: so none lasts for ever where there is always somebody who
/// pushes. Thread-safe.
final class RecentPushes {

    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final Duration TURN = Duration.ofMinutes(15);
    private static final int MOST_PER_LEASE = 10_000;
    private static final int MOST_LINKS = 200_000;

    private final Leases leases;
    private final Time time;
    private final Map<Link, Long> links = new LinkedHashMap<>();
    private Leases.Lease lease;
    private int count;
    private long begun;

    RecentPushes(Leases leases, Time time) {
        this.leases = leases;
        this.time = time;
        this.lease = leases.openFor(PATIENCE);
        this.begun = time.nanoTime();
    }

    private record Link(String repository, Digest digest) {}

    /// Keeps `digest` for a while. A lease that has grown old or large is left to run out by itself.
    synchronized void keep(Digest digest) {
        if (++count > MOST_PER_LEASE || time.nanoTime() - begun > TURN.toNanos()) {
            lease = leases.openFor(PATIENCE);
            count = 0;
            begun = time.nanoTime();
        }
        lease.keep(digest);
    }

    /// Keeps `digest`, and `repository` knows it meanwhile.
    synchronized void link(String repository, Digest digest) {
        keep(digest);
        var link = new Link(repository, digest);
        links.remove(link);
        links.put(link, time.nanoTime());
        for (var oldest = links.values().iterator(); oldest.hasNext(); ) {
            long since = oldest.next();
            if (links.size() <= MOST_LINKS && !isOver(since)) {
                break;
            }
            oldest.remove();
        }
    }

    /// True if `digest` was pushed to `repository` a while ago at most.
    synchronized boolean knows(String repository, Digest digest) {
        Long since = links.get(new Link(repository, digest));
        return since != null && !isOver(since);
    }

    /// True if it was known.
    synchronized boolean unlink(String repository, Digest digest) {
        Long since = links.remove(new Link(repository, digest));
        return since != null && !isOver(since);
    }

    /// What was pushed to `repository` a while ago at most.
    synchronized List<Digest> of(String repository) {
        var found = new ArrayList<Digest>();
        links.forEach((link, since) -> {
            if (link.repository().equals(repository) && !isOver(since)) {
                found.add(link.digest());
            }
        });
        return found;
    }

    /// Repositories to which `digest` was pushed a while ago at most.
    synchronized List<String> holders(Digest digest) {
        var found = new ArrayList<String>();
        links.forEach((link, since) -> {
            if (link.digest().equals(digest) && !isOver(since)) {
                found.add(link.repository());
            }
        });
        return found;
    }

    private boolean isOver(long since) {
        return time.nanoTime() - since > PATIENCE.toNanos();
    }
}
