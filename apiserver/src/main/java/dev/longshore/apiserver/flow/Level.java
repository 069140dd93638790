package dev.longshore.apiserver.flow;

import dev.longshore.apiserver.flow.FlowTally.Refusal;
import dev.longshore.base.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// One priority level at work: its seats, its queues, and who gets the next seat.
///
/// A flow's requests go to the shortest of the few queues that its hash deals it. When a seat is free, the queue
/// whose next request would be done first if all queues were served side by side at equal rates gives one up
/// (fair queuing by virtual time). The virtual clock runs at the rate at which each busy queue is served; a
/// request is first charged [#ESTIMATE] for each of its seats and, when it is done, what it really took.
///
/// One lock guards everything; nothing under it waits or does I/O. With seats to spare a request costs one pass
/// through it going in and one going out, whatever the number of queues.
final class Level {

    private static final double ESTIMATE = 0.003;
    private static final double NANOS = 1e9;

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final List<FairQueue> queues = new ArrayList<>();
    /// Takes what needs no queue.
    private final FairQueue aside = new FairQueue(-1);
    private final SeatDemand demand;
    private PriorityLevel config;
    private int limit;
    private double virtualTime;
    private long synced;
    private int robin;
    private int arrivals;
    private int busyQueues;
    private int waiting;
    private int waitingSeats;
    private int executing;
    private int seatsInUse;

    Level(PriorityLevel config, int limit, Time time) {
        this.config = config;
        this.limit = limit;
        this.time = time;
        this.synced = time.nanoTime();
        this.demand = new SeatDemand(synced);
        grow();
    }

    /// What becomes of a request that arrives.
    sealed interface Place {
        /// It has a seat.
        record Taken(Seat seat) implements Place {}

        /// It stands in a queue.
        record Queued(Waiter waiter) implements Place {}

        /// There is no room for it.
        record None(Refusal why) implements Place {}
    }

    Place arrive(Arrival request) {
        return locked(() -> place(request));
    }

    private Place place(Arrival request) {
        if (config.isExempt() || config.queuing().isEmpty()) {
            return fits(request.seats())
                    ? new Place.Taken(begin(aside, request.tally(), request.seats(), work(request.seats())))
                    : refuse(request.tally(), Refusal.CONCURRENCY_LIMIT);
        }
        var queuing = config.queuing().get();
        FairQueue queue = choose(Hands.deal(request.hash(), queuing.queues(), queuing.hand()));
        if (seatsInUse >= limit && queue.waiting.size() >= queuing.length()) {
            return refuse(request.tally(), Refusal.QUEUE_FULL);
        }
        double work = work(request.seats());
        if (queue.isIdle()) {
            queue.nextDispatch = virtualTime;
        }
        if (waiting == 0 && fits(request.seats())) {
            queue.nextDispatch += work;
            return new Place.Taken(begin(queue, request.tally(), request.seats(), work));
        }
        var waiter = new Waiter(queue, request, work, virtualTime, time.nanoTime());
        enqueue(waiter);
        dispatch();
        return waiter.seat().<Place>map(Place.Taken::new).orElseGet(() -> new Place.Queued(waiter));
    }

    /// Sends a waiting request away. False if it has been decided upon meanwhile.
    boolean giveUp(Waiter waiter, Refusal why) {
        return locked(() -> {
            if (!waiter.queue.waiting.remove(waiter)) {
                return false;
            }
            left(waiter);
            waiter.tally.refuse(why);
            waiter.tally.waitedInVain.observe(seconds(time.nanoTime() - waiter.since));
            waiter.refuse();
            waiter.queue.bound();
            shrink();
            // It may have been the one whom all others waited for.
            dispatch();
            return true;
        });
    }

    void giveBack(Seat seat) {
        locked(() -> {
            long now = time.nanoTime();
            double took = seconds(now - seat.since);
            FairQueue queue = seat.queue;
            executing--;
            seatsInUse -= seat.width;
            queue.executing--;
            queue.seatsInUse -= seat.width;
            queue.nextDispatch += took * seat.width - seat.work;
            queue.bound();
            if (queue != aside && queue.isIdle()) {
                busyQueues--;
            }
            seat.tally.executing.decrementAndGet();
            seat.tally.executingSeats.addAndGet(-seat.width);
            seat.tally.executed.observe(took);
            demand.set(seatsInUse + waitingSeats, now);
            shrink();
            dispatch();
            return true;
        });
    }

    /// Follows a changed object; who waits goes on waiting.
    void configure(PriorityLevel changed) {
        locked(() -> {
            config = changed;
            grow();
            shrink();
            dispatch();
            return true;
        });
    }

    void limit(int seats) {
        locked(() -> {
            limit = seats;
            dispatch();
            return true;
        });
    }

    SeatDemand.Seen resetDemand() {
        return locked(() -> demand.reset(time.nanoTime()));
    }

    /// How it stands.
    LevelView view() {
        return locked(() -> new LevelView(
                config.name(),
                config.isExempt(),
                limit,
                busyQueues,
                waiting,
                executing,
                seatsInUse,
                virtualTime,
                queues.stream()
                        .map(queue -> LevelView.Line.of(queue, time.nanoTime()))
                        .toList()));
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            syncVirtualTime();
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    private void syncVirtualTime() {
        long now = time.nanoTime();
        if (busyQueues > 0) {
            double rate = (double) Math.min(seatsInUse + waitingSeats, limit) / busyQueues;
            virtualTime += seconds(now - synced) * rate;
        }
        synced = now;
    }

    /// The one with the least work waiting; begins elsewhere each time, so that no queue is everybody's first.
    private FairQueue choose(int[] hand) {
        int offset = Math.floorMod(arrivals++, hand.length);
        FairQueue best = queues.get(hand[offset]);
        for (int i = 1; i < hand.length; i++) {
            FairQueue queue = queues.get(hand[(offset + i) % hand.length]);
            if (queue.waitingWork < best.waitingWork) {
                best = queue;
            }
        }
        return best;
    }

    private boolean fits(int seats) {
        if (config.isExempt()) {
            return true;
        }
        // What is wider than the whole level runs alone: it must run some time.
        return seats > limit ? executing == 0 && limit > 0 : seatsInUse + seats <= limit;
    }

    private void enqueue(Waiter waiter) {
        FairQueue queue = waiter.queue;
        if (queue.isIdle()) {
            busyQueues++;
        }
        queue.waiting.add(waiter);
        queue.waitingWork += waiter.work;
        waiting++;
        waitingSeats += waiter.seats;
        waiter.tally.waiting.incrementAndGet();
        waiter.tally.waitingSeats.addAndGet(waiter.seats);
        demand.set(seatsInUse + waitingSeats, time.nanoTime());
    }

    private void left(Waiter waiter) {
        FairQueue queue = waiter.queue;
        queue.waitingWork = queue.waiting.isEmpty() ? 0 : queue.waitingWork - waiter.work;
        waiting--;
        waitingSeats -= waiter.seats;
        waiter.tally.waiting.decrementAndGet();
        waiter.tally.waitingSeats.addAndGet(-waiter.seats);
        if (queue.isIdle()) {
            busyQueues--;
        }
        demand.set(seatsInUse + waitingSeats, time.nanoTime());
    }

    private void dispatch() {
        while (waiting > 0) {
            FairQueue next = nextQueue();
            Waiter oldest = next.waiting.getFirst();
            if (!fits(oldest.seats)) {
                // Narrower ones behind it may not pass: a wide request would never find room.
                return;
            }
            robin = next.index;
            next.waiting.removeFirst();
            left(oldest);
            next.nextDispatch += oldest.work;
            oldest.tally.waited.observe(seconds(time.nanoTime() - oldest.since));
            oldest.decide(begin(next, oldest.tally, oldest.seats, oldest.work));
            next.bound();
        }
    }

    private FairQueue nextQueue() {
        FairQueue best = null;
        double first = Double.MAX_VALUE;
        for (int i = 1; i <= queues.size(); i++) {
            FairQueue queue = queues.get((robin + i) % queues.size());
            Waiter oldest = queue.waiting.peekFirst();
            if (oldest != null && queue.nextDispatch + oldest.work < first) {
                first = queue.nextDispatch + oldest.work;
                best = queue;
            }
        }
        return Optional.ofNullable(best)
                .orElseThrow(
                        () -> new IllegalStateException(waiting + " requests wait at " + config + ", in no queue"));
    }

    private Seat begin(FairQueue queue, FlowTally tally, int seats, double work) {
        if (queue != aside && queue.isIdle()) {
            busyQueues++;
        }
        executing++;
        seatsInUse += seats;
        queue.executing++;
        queue.seatsInUse += seats;
        tally.dispatched.increment();
        tally.executing.incrementAndGet();
        tally.executingSeats.addAndGet(seats);
        long now = time.nanoTime();
        demand.set(seatsInUse + waitingSeats, now);
        return new Seat(this, queue, tally, seats, work, now);
    }

    private static Place refuse(FlowTally tally, Refusal why) {
        tally.refuse(why);
        return new Place.None(why);
    }

    private void grow() {
        int wanted = config.queuing().map(PriorityLevel.Queuing::queues).orElse(0);
        while (queues.size() < wanted) {
            queues.add(new FairQueue(queues.size()));
        }
    }

    /// Queues beyond the number wanted go once they are empty, the last one first: a queue's index is its place.
    private void shrink() {
        int wanted = config.queuing().map(PriorityLevel.Queuing::queues).orElse(0);
        while (queues.size() > wanted && queues.getLast().isIdle()) {
            queues.removeLast();
        }
    }

    private static double work(int seats) {
        return seats * ESTIMATE;
    }

    private static double seconds(long nanos) {
        return nanos / NANOS;
    }
}
