package dev.longshore.apiserver.flow;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// A request in a queue. Its fields are guarded by its level's lock; `decided` opens once it has a seat or was
/// sent away.
final class Waiter {

    final FairQueue queue;
    final FlowTally tally;
    final String flow;
    final int seats;
    final double work;
    final double arrival;
    final long since;
    final CountDownLatch decided = new CountDownLatch(1);
    private Optional<Seat> seat = Optional.empty();

    Waiter(FairQueue queue, Arrival request, double work, double arrival, long since) {
        this.queue = queue;
        this.tally = request.tally();
        this.flow = request.flow();
        this.seats = request.seats();
        this.work = work;
        this.arrival = arrival;
        this.since = since;
    }

    void decide(Seat given) {
        seat = Optional.of(given);
        decided.countDown();
    }

    void refuse() {
        decided.countDown();
    }

    /// The seat; empty while it waits, and if it was sent away.
    Optional<Seat> seat() {
        return seat;
    }
}
