package dev.longshore.controllers;

import dev.longshore.base.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What a controller has done to its objects' children and has not yet seen come back in its informer; until it
/// has, the informer's picture is too old to act on. Kept by the uid of the owner, so that one of the same name
/// that comes later begins anew. Forgotten after five minutes, should an event have been lost. Thread-safe.
final class Expectations {

    private static final Duration LIFETIME = Duration.ofMinutes(5);

    private final Time time;
    private final Map<String, Pending> pending = new HashMap<>();

    Expectations(Time time) {
        this.time = time;
    }

    /// `count` children of `owner` are about to be created.
    synchronized void creations(String owner, int count) {
        of(owner).creations += count;
    }

    /// The child `uid` of `owner` is about to be deleted.
    synchronized void deletion(String owner, String uid) {
        of(owner).deletions.add(uid);
    }

    /// A child of `owner` appeared, or could not be created.
    synchronized void created(String owner) {
        Pending entry = pending.get(owner);
        if (entry != null && entry.creations > 0) {
            entry.creations--;
        }
    }

    /// The child `uid` of `owner` is being deleted, or could not be.
    synchronized void deleted(String owner, String uid) {
        Pending entry = pending.get(owner);
        if (entry != null) {
            entry.deletions.remove(uid);
        }
    }

    /// True when everything that was done to the children of `owner` has been seen.
    synchronized boolean areMet(String owner) {
        Pending entry = pending.get(owner);
        if (entry == null) {
            return true;
        }
        boolean isOver =
                entry.creations == 0 && entry.deletions.isEmpty() || time.nanoTime() - entry.since > LIFETIME.toNanos();
        if (isOver) {
            pending.remove(owner);
        }
        return isOver;
    }

    private Pending of(String owner) {
        // Of owners that are gone nobody asks again.
        long now = time.nanoTime();
        pending.values().removeIf(entry -> now - entry.since > LIFETIME.toNanos());
        return pending.computeIfAbsent(owner, absent -> new Pending(time.nanoTime()));
    }

    private static final class Pending {
        private final long since;
        private int creations;
        private final Set<String> deletions = new HashSet<>();

        Pending(long since) {
            this.since = since;
        }
    }
}
