package dev.longshore.scheduler;

import dev.longshore.base.Time;
import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.PodView;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Pods that wait for a node, each at most once: the most important first, among equals the one that has waited
/// longest since it was last tried. Thread-safe.
///
/// ```
/// add ──► active ──take──► taken ──setAside──► aside ──move, or five minutes──┐
///           ▲                │ └────retry────► backing off ◄────────────────┘
///           └────────────────┼──────────────────────┘ 1 s, doubled with each attempt to 10 s
///                          remove
/// ```
///
/// An event moves only pods that it can help. Its cost grows with those, not with all that wait: pods that no
/// event of the kind helps are not looked at. One timer serves all of them.
final class SchedulingQueue implements AutoCloseable {

    private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(10);
    private static final Duration LONGEST_ASIDE = Duration.ofMinutes(5);
    private static final int MOST_DOUBLINGS = 4;
    private static final Comparator<Entry> BY_DUE =
            Comparator.comparingLong((Entry entry) -> entry.due).thenComparingLong(entry -> entry.number);

    private final Time time;
    private final Map<String, Entry> entries = new HashMap<>();
    private final TreeSet<Entry> active = new TreeSet<>(
            Comparator.comparingInt((Entry entry) -> -entry.pod.priority()).thenComparingLong(entry -> entry.number));
    /// By when they are due.
    private final TreeSet<Entry> backingOff = new TreeSet<>(BY_DUE);
    private final TreeSet<Entry> aside = new TreeSet<>(BY_DUE);
    /// Those aside, by what helps them.
    private final Map<ClusterEvent, Set<Entry>> helped = new EnumMap<>(ClusterEvent.class);
    /// When something of the kind last happened, counted in moves.
    private final Map<ClusterEvent, Long> lastMoves = new EnumMap<>(ClusterEvent.class);

    private long counter;
    private long moves;
    private Optional<Alarm> alarm = Optional.empty();
    private boolean isClosed;

    SchedulingQueue(Time time) {
        this.time = time;
        for (ClusterEvent event : ClusterEvent.values()) {
            helped.put(event, new TreeSet<>(Comparator.comparingLong((Entry entry) -> entry.number)));
        }
    }

    /// `pod` wants a node; or it changed, which may help it.
    synchronized void add(PodView pod) {
        if (isClosed) {
            return;
        }
        Entry entry = entries.computeIfAbsent(pod.uid(), uid -> new Entry());
        boolean isTaken = entry.place == Place.TAKEN;
        leave(entry);
        if (entry.pod == null) {
            entry.number = counter++;
        }
        entry.pod = pod;
        if (isTaken) {
            entry.isChanged = true;
            entry.place = Place.TAKEN;
        } else {
            activate(entry);
        }
        arm();
    }

    /// `uid` needs no node any more.
    synchronized void remove(String uid) {
        Entry entry = entries.remove(uid);
        if (entry != null) {
            leave(entry);
        }
    }

    /// The next pod; waits for one; empty when closed. It stays known until it is removed.
    synchronized Optional<PodView> take() throws InterruptedException {
        while (active.isEmpty() && !isClosed) {
            wait();
        }
        if (isClosed) {
            return Optional.empty();
        }
        Entry next = active.first();
        leave(next);
        next.place = Place.TAKEN;
        next.isChanged = false;
        return Optional.of(next.pod);
    }

    /// A mark to hand to [#setAside]: what moved since then counts as help.
    synchronized long mark() {
        return moves;
    }

    /// `pod`, which was taken, fits nowhere, as of `mark`; only events of `helpedBy` can change that.
    synchronized void setAside(PodView pod, long mark, Set<ClusterEvent> helpedBy) {
        Entry entry = entries.get(pod.uid());
        if (entry == null || entry.place != Place.TAKEN) {
            return;
        }
        boolean isHelped =
                entry.isChanged || helpedBy.stream().anyMatch(event -> lastMoves.getOrDefault(event, 0L) > mark);
        tried(entry);
        if (isHelped) {
            backOff(entry);
        } else {
            entry.place = Place.ASIDE;
            entry.helpedBy = helpedBy;
            entry.due = entry.since + LONGEST_ASIDE.toNanos();
            aside.add(entry);
            helpedBy.forEach(event -> helped.get(event).add(entry));
        }
        arm();
    }

    /// `pod`, which was taken, could not be bound; it comes back soon.
    synchronized void retry(PodView pod) {
        Entry entry = entries.get(pod.uid());
        if (entry != null && entry.place == Place.TAKEN) {
            tried(entry);
            backOff(entry);
            arm();
        }
    }

    /// Something happened: pods that were set aside come back if it can help them.
    void move(Set<ClusterEvent> events) {
        move(events, pod -> true);
    }

    /// The same, of pods that `isHelped` tells.
    synchronized void move(Set<ClusterEvent> events, Predicate<PodView> isHelped) {
        if (events.isEmpty()) {
            return;
        }
        moves++;
        for (ClusterEvent event : events) {
            lastMoves.put(event, moves);
            for (Entry entry : helped.get(event).toArray(Entry[]::new)) {
                if (isHelped.test(entry.pod)) {
                    leave(entry);
                    backOff(entry);
                }
            }
        }
        arm();
    }

    /// How many pods are known.
    synchronized int size() {
        return entries.size();
    }

    /// How many could be taken now.
    synchronized int active() {
        return active.size();
    }

    /// True if `uid` could be taken now.
    synchronized boolean isActive(String uid) {
        return entries.containsKey(uid) && entries.get(uid).place == Place.ACTIVE;
    }

    /// True if `uid` waits for something to help it.
    synchronized boolean isAside(String uid) {
        return entries.containsKey(uid) && entries.get(uid).place == Place.ASIDE;
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        alarm.ifPresent(armed -> armed.timer.cancel());
        notifyAll();
    }

    private void tried(Entry entry) {
        entry.attempts++;
        entry.since = time.nanoTime();
        // Behind those that have not been tried for longer.
        entry.number = counter++;
    }

    private void backOff(Entry entry) {
        int doublings = Math.clamp(entry.attempts - 1L, 0, MOST_DOUBLINGS);
        long delay = Math.min(FIRST_BACK_OFF.toNanos() << doublings, LONGEST_BACK_OFF.toNanos());
        entry.due = entry.since + delay;
        if (entry.due - time.nanoTime() <= 0) {
            activate(entry);
        } else {
            entry.place = Place.BACKING_OFF;
            backingOff.add(entry);
        }
    }

    private void activate(Entry entry) {
        entry.place = Place.ACTIVE;
        active.add(entry);
        notifyAll();
    }

    private void leave(Entry entry) {
        switch (entry.place) {
            case NOWHERE, TAKEN -> {}
            case ACTIVE -> active.remove(entry);
            case BACKING_OFF -> backingOff.remove(entry);
            case ASIDE -> {
                aside.remove(entry);
                entry.helpedBy.forEach(event -> helped.get(event).remove(entry));
            }
        }
        entry.place = Place.NOWHERE;
    }

    /// The one timer rings when the first of all is due.
    private void arm() {
        Optional<Long> due = firstDue();
        if (isClosed || due.isEmpty()) {
            return;
        }
        if (alarm.isPresent()) {
            if (alarm.get().due - due.get() <= 0) {
                return;
            }
            alarm.get().timer.cancel();
        }
        long at = due.get();
        alarm = Optional.of(new Alarm(
                at, time.schedule(Duration.ofNanos(Math.max(1, at - time.nanoTime())), () -> ring(at))));
    }

    private Optional<Long> firstDue() {
        if (backingOff.isEmpty() || aside.isEmpty()) {
            return backingOff.isEmpty()
                    ? aside.isEmpty() ? Optional.empty() : Optional.of(aside.first().due)
                    : Optional.of(backingOff.first().due);
        }
        long one = backingOff.first().due;
        long other = aside.first().due;
        return Optional.of(one - other <= 0 ? one : other);
    }

    private synchronized void ring(long at) {
        if (alarm.isEmpty() || alarm.get().due != at || isClosed) {
            return;
        }
        alarm = Optional.empty();
        ripen(backingOff);
        ripen(aside);
        arm();
    }

    private void ripen(TreeSet<Entry> waiting) {
        while (!waiting.isEmpty() && waiting.first().due - time.nanoTime() <= 0) {
            Entry entry = waiting.first();
            leave(entry);
            activate(entry);
        }
    }

    private record Alarm(long due, Time.Timer timer) {}

    private enum Place {
        NOWHERE,
        ACTIVE,
        TAKEN,
        BACKING_OFF,
        ASIDE
    }

    /// A pod. What orders it in a set changes only while it is in none.
    private static final class Entry {
        private PodView pod;
        private long number;
        private int attempts;
        private Place place = Place.NOWHERE;
        private boolean isChanged;
        private Set<ClusterEvent> helpedBy = Set.of();
        private long since;
        private long due;
    }
}
