package dev.longshore.scheduler;

import dev.longshore.base.Time;
import dev.longshore.scheduler.framework.PodView;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Pods that wait for a node: the most important first, among equals the one that has waited longest. A pod
/// that fits nowhere is set aside until something changes that could help, but at most five minutes; one that
/// failed for another reason comes back after one to ten seconds. Holds at most one entry for each pod.
/// Thread-safe.
final class SchedulingQueue implements AutoCloseable {

    private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(10);
    private static final Duration LONGEST_ASIDE = Duration.ofMinutes(5);
    private static final int MOST_DOUBLINGS = 4;

    private final Time time;
    private final TreeSet<Entry> active = new TreeSet<>(
            Comparator.comparingInt((Entry entry) -> -entry.pod.priority()).thenComparingLong(entry -> entry.number));
    private final Map<String, Entry> entries = new HashMap<>();
    private long counter;
    private long moves;
    private boolean isClosed;

    SchedulingQueue(Time time) {
        this.time = time;
    }

    /// `pod` wants a node; or it changed.
    synchronized void add(PodView pod) {
        Entry before = entries.get(pod.uid());
        if (before != null) {
            active.remove(before);
            before.cancel();
        }
        activate(new Entry(pod, before == null ? counter++ : before.number, before == null ? 0 : before.attempts));
    }

    /// `uid` needs no node any more.
    synchronized void remove(String uid) {
        Entry entry = entries.remove(uid);
        if (entry != null) {
            active.remove(entry);
            entry.cancel();
        }
    }

    /// The next pod; waits for one; empty when closed. It stays known until it is removed.
    synchronized Optional<PodView> take() throws InterruptedException {
        while (active.isEmpty() && !isClosed) {
            wait();
        }
        return isClosed ? Optional.empty() : Optional.of(active.pollFirst().pod);
    }

    /// A mark to hand to [#setAside]: what moved since then counts as help.
    synchronized long mark() {
        return moves;
    }

    /// `pod` fits nowhere, as of `mark`.
    synchronized void setAside(PodView pod, long mark) {
        Entry entry = entries.get(pod.uid());
        if (entry == null) {
            return;
        }
        entry.attempts++;
        entry.isAside = moves == mark;
        later(entry, entry.isAside ? LONGEST_ASIDE : backOff(entry));
    }

    /// `pod` could not be bound; it comes back soon.
    synchronized void retry(PodView pod) {
        Entry entry = entries.get(pod.uid());
        if (entry != null) {
            entry.attempts++;
            later(entry, backOff(entry));
        }
    }

    /// Something changed that could help pods that were set aside.
    void moveAll() {
        move(pod -> true);
    }

    /// Something changed that could help those of the pods set aside that `isHelped` tells.
    synchronized void move(Predicate<PodView> isHelped) {
        moves++;
        for (Entry entry : entries.values()) {
            if (entry.isAside && isHelped.test(entry.pod)) {
                entry.isAside = false;
                entry.cancel();
                later(entry, backOff(entry).minusNanos(time.nanoTime() - entry.since));
            }
        }
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        entries.values().forEach(Entry::cancel);
        notifyAll();
    }

    private void later(Entry entry, Duration delay) {
        entry.since = time.nanoTime();
        if (delay.isPositive()) {
            entry.timer = time.schedule(delay, () -> ripen(entry));
        } else {
            activate(entry);
        }
    }

    private synchronized void ripen(Entry entry) {
        if (entries.get(entry.pod.uid()) == entry && !isClosed) {
            activate(entry);
        }
    }

    private void activate(Entry entry) {
        entry.isAside = false;
        entries.put(entry.pod.uid(), entry);
        active.add(entry);
        notifyAll();
    }

    private static Duration backOff(Entry entry) {
        Duration delay = FIRST_BACK_OFF.multipliedBy(1L << Math.min(Math.max(0, entry.attempts - 1), MOST_DOUBLINGS));
        return delay.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : delay;
    }

    private static final class Entry {
        private final PodView pod;
        private final long number;
        private int attempts;
        private boolean isAside;
        private long since;
        private Time.Timer timer;

        Entry(PodView pod, long number, int attempts) {
            this.pod = pod;
            this.number = number;
            this.attempts = attempts;
        }

        void cancel() {
            if (timer != null) {
                timer.cancel();
            }
        }
    }
}
