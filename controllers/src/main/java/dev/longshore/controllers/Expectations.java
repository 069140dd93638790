package dev.longshore.controllers;

import dev.longshore.base.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What a controller has done to its objects' children and has not yet seen come back in its informer; until it
/// has, the informer's picture is too old to act on. Forgotten after five minutes, should an event have been
/// lost. Thread-safe.
final class Expectations {

    private static final Duration LIFETIME = Duration.ofMinutes(5);

    private final Time time;
    private final Map<String, Pending> pending = new HashMap<>();

    Expectations(Time time) {
        this.time = time;
    }

    /// `count` children of `key` are about to be created.
    synchronized void creations(String key, int count) {
        of(key).creations += count;
    }

    /// The child `uid` of `key` is about to be deleted.
    synchronized void deletion(String key, String uid) {
        of(key).deletions.add(uid);
    }

    /// A child of `key` appeared, or could not be created.
    synchronized void created(String key) {
        Pending entry = pending.get(key);
        if (entry != null && entry.creations > 0) {
            entry.creations--;
        }
    }

    /// The child `uid` of `key` is being deleted, or could not be.
    synchronized void deleted(String key, String uid) {
        Pending entry = pending.get(key);
        if (entry != null) {
            entry.deletions.remove(uid);
        }
    }

    /// True when everything that was done to the children of `key` has been seen.
    synchronized boolean areMet(String key) {
        Pending entry = pending.get(key);
        if (entry == null) {
            return true;
        }
        boolean isOver =
                entry.creations == 0 && entry.deletions.isEmpty() || time.nanoTime() - entry.since > LIFETIME.toNanos();
        if (isOver) {
            pending.remove(key);
        }
        return isOver;
    }

    /// `key` is gone.
    synchronized void forget(String key) {
        pending.remove(key);
    }

    private Pending of(String key) {
        return pending.computeIfAbsent(key, absent -> new Pending(time.nanoTime()));
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
