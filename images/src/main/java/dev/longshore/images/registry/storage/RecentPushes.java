package dev.longshore.images.registry.storage;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.images.Leases;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Keeps what clients push until the manifest comes that holds it, for a day as unfinished uploads are, and knows
/// which repository it was pushed to; what clients count on being there is kept for an hour. Outlives the process by a
/// [PushJournal]. Thread-safe.
final class RecentPushes {

    private static final Duration PATIENCE = Duration.ofDays(1);
    private static final Duration GLANCE = Duration.ofHours(1);
    private static final int MOST_LINKS = 200_000;

    private final PushJournal journal;
    private final RollingLease pushed;
    private final RollingLease seen;
    private final Time time;
    private final Map<Link, Long> links = new LinkedHashMap<>();

    RecentPushes(PushJournal journal, Leases leases, Time time) {
        this.journal = journal;
        this.pushed = new RollingLease(leases, PATIENCE, time);
        this.seen = new RollingLease(leases, GLANCE, time);
        this.time = time;
    }

    private record Link(String repository, Digest digest) {}

    /// Knows again what it knew when the last process ended.
    void start() throws IOException {
        List<PushJournal.Entry> entries = journal.read();
        synchronized (this) {
            for (PushJournal.Entry entry : entries) {
                var link = new Link(entry.repository(), entry.digest());
                long age = Duration.between(entry.at(), time.now()).toNanos();
                links.remove(link);
                if (entry.isThere() && age < PATIENCE.toNanos()) {
                    links.put(link, time.nanoTime() - Math.max(0, age));
                    pushed.keep(link.digest());
                }
            }
        }
    }

    /// Keeps `digest` for a while.
    void keep(Digest digest) {
        seen.keep(digest);
    }

    /// Keeps `digest`, and `repository` knows it meanwhile.
    void link(String repository, Digest digest) throws IOException {
        pushed.keep(digest);
        journal.linked(repository, digest);
        var link = new Link(repository, digest);
        synchronized (this) {
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
    }

    /// True if `digest` was pushed to `repository` a while ago at most.
    synchronized boolean knows(String repository, Digest digest) {
        Long since = links.get(new Link(repository, digest));
        return since != null && !isOver(since);
    }

    /// True if it was known.
    boolean unlink(String repository, Digest digest) throws IOException {
        Long since;
        synchronized (this) {
            since = links.remove(new Link(repository, digest));
        }
        if (since == null) {
            return false;
        }
        journal.unlinked(repository, digest);
        return !isOver(since);
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
