package dev.longshore.apiserver.flow;

import java.util.List;

/// How a [Level] stood at one moment.
record LevelView(
        String name,
        boolean isExempt,
        int limit,
        int busyQueues,
        int waiting,
        int executing,
        int seatsInUse,
        double virtualTime,
        List<Line> lines) {

    boolean isIdle() {
        return waiting == 0 && executing == 0;
    }

    /// One of its queues.
    record Line(
            int index,
            int executing,
            int seatsInUse,
            double nextDispatch,
            int waitingSeats,
            double waitingWork,
            List<Stander> waiting) {

        static Line of(FairQueue queue, long now) {
            return new Line(
                    queue.index,
                    queue.executing,
                    queue.seatsInUse,
                    queue.nextDispatch,
                    queue.waiting.stream().mapToInt(waiter -> waiter.seats).sum(),
                    queue.waitingWork,
                    queue.waiting.stream()
                            .map(waiter ->
                                    new Stander(waiter.tally.schema, waiter.flow, waiter.seats, now - waiter.since))
                            .toList());
        }
    }

    /// One request that waits.
    record Stander(String schema, String flow, int seats, long waitedNanos) {}
}
