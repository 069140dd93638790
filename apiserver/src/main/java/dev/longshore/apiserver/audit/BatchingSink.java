package dev.longshore.apiserver.audit;

import dev.longshore.apiserver.audit.AuditOptions.BatchOptions;
import dev.longshore.base.Time;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// Lets events wait and hands them on in batches, so that requests do not wait. What does not fit is lost, and counted.
///
/// ```
/// take ─► queue, bounded ─► collector: a batch is full, or its time is over ─► throttle ─► sink
/// ```
final class BatchingSink implements AuditSink {

    /// Batches on their way at once, where several may be.
    private static final int MOST_AT_ONCE = 64;

    private final AuditSink sink;
    private final BatchOptions options;
    private final AuditTally tally;
    private final Time time;
    private final Deque<AuditEvent> queue = new ArrayDeque<>();
    private final Semaphore ways;
    private final Optional<TokenBucket> throttle;
    private final Thread collector;
    private boolean isDue;
    private boolean isClosed;

    private BatchingSink(AuditSink sink, BatchOptions options, AuditTally tally, Time time) {
        this.sink = sink;
        this.options = options;
        this.tally = tally;
        this.time = time;
        this.ways = new Semaphore(options.isConcurrent() ? MOST_AT_ONCE : 1);
        this.throttle = options.throttle().map(known -> new TokenBucket(known, time));
        this.collector = Thread.ofVirtual().name("audit-collector").unstarted(this::work);
    }

    static BatchingSink start(AuditSink sink, BatchOptions options, AuditTally tally, Time time) {
        var batching = new BatchingSink(sink, options, tally, time);
        batching.collector.start();
        return batching;
    }

    @Override
    public boolean take(List<AuditEvent> events) {
        for (int i = 0; i < events.size(); i++) {
            String refusal = offer(events.get(i));
            if (!refusal.isEmpty()) {
                tally.lost("buffered", refusal, events.subList(i, events.size()));
                return true;
            }
        }
        return true;
    }

    /// Why it does not wait here; empty if it does.
    private synchronized String offer(AuditEvent event) {
        if (isClosed) {
            return "audit backend shut down";
        }
        if (queue.size() >= options.buffer()) {
            return "audit buffer queue blocked";
        }
        queue.addLast(event);
        if (queue.size() >= options.most()) {
            notifyAll();
        }
        return "";
    }

    private void work() {
        try {
            for (List<AuditEvent> batch = collect(); !batch.isEmpty(); batch = collect()) {
                send(batch);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /// The next batch; empty when there will be none any more.
    private synchronized List<AuditEvent> collect() throws InterruptedException {
        while (true) {
            isDue = false;
            Time.Timer timer = options.most() > 1 ? time.schedule(options.patience(), this::due) : () -> {};
            try {
                while (queue.size() < options.most() && !isDue && !isClosed) {
                    wait();
                }
            } finally {
                timer.cancel();
            }
            var batch = new ArrayList<AuditEvent>();
            while (batch.size() < options.most() && !queue.isEmpty()) {
                batch.add(queue.pollFirst());
            }
            if (!batch.isEmpty() || isClosed) {
                return batch;
            }
        }
    }

    private synchronized void due() {
        isDue = true;
        notifyAll();
    }

    /// At shutdown nobody is throttled: there is nothing more to come.
    private void send(List<AuditEvent> batch) throws InterruptedException {
        if (throttle.isPresent() && !isClosed()) {
            throttle.get().take();
        }
        if (!options.isConcurrent()) {
            sink.take(batch);
            return;
        }
        ways.acquire();
        Thread.ofVirtual().name("audit-batch").start(() -> {
            try {
                sink.take(batch);
            } finally {
                ways.release();
            }
        });
    }

    private synchronized boolean isClosed() {
        return isClosed;
    }

    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
            notifyAll();
        }
        sink.stopWaiting();
        try {
            collector.join();
            if (options.isConcurrent()) {
                ways.acquire(MOST_AT_ONCE);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        sink.close();
    }
}
