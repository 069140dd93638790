package dev.longshore.apiserver.objects;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// One watcher's share of a [WatchHub]. A watcher that falls more than [#LIMIT] changes behind is ended: it
/// asks again from where it is, and then reads history at its own pace.
public final class Subscription implements AutoCloseable {

    static final int LIMIT = 4096;

    private final WatchHub hub;
    private final long after;
    private final BlockingQueue<Signal> queue = new LinkedBlockingQueue<>();
    private boolean ended;

    Subscription(WatchHub hub, long after) {
        this.hub = hub;
        this.after = after;
    }

    /// The next signal; whoever calls has arranged for an end ([#end]), which limits the wait.
    public Signal next() throws InterruptedException {
        return queue.take();
    }

    /// True if nothing waits to be read.
    public boolean isIdle() {
        return queue.isEmpty();
    }

    /// Asks for a [Signal.Progress] at this point of the stream.
    public void requestProgress() {
        hub.progress(this);
    }

    /// Ends the stream behind what is queued.
    public synchronized void end() {
        if (!ended) {
            ended = true;
            queue.add(new Signal.Ended(Optional.empty()));
        }
    }

    @Override
    public void close() {
        hub.leave(this);
    }

    long after() {
        return after;
    }

    synchronized void offer(Signal signal) {
        // The hub may be behind the list that the subscriber has read.
        boolean isOld = signal instanceof Signal.Changed(Change change) && change.revision() <= after;
        if (ended || isOld) {
            return;
        }
        if (queue.size() >= LIMIT) {
            end();
            return;
        }
        ended = signal instanceof Signal.Ended;
        queue.add(signal);
    }
}
