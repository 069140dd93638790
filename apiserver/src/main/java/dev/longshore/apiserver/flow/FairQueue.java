package dev.longshore.apiserver.flow;

import java.util.ArrayDeque;
import java.util.Deque;

/// One queue of a [Level] and what is executing from it. Guarded by its level's lock.
///
/// `nextDispatch` is when, in the level's virtual time, the next request of this queue would begin if each queue
/// were served alone at an equal rate: the queue that would be done first goes first.
final class FairQueue {

    final int index;
    final Deque<Waiter> waiting = new ArrayDeque<>();
    double nextDispatch;
    double waitingWork;
    int executing;
    int seatsInUse;

    FairQueue(int index) {
        this.index = index;
    }

    boolean isIdle() {
        return waiting.isEmpty() && executing == 0;
    }

    /// No request begins before it has come: without this a queue whose requests were shorter than estimated
    /// would save up the difference.
    void bound() {
        Waiter oldest = waiting.peekFirst();
        if (oldest != null && nextDispatch < oldest.arrival) {
            nextDispatch = oldest.arrival;
        }
    }
}
