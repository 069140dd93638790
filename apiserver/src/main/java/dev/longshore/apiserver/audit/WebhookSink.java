package dev.longshore.apiserver.audit;

import dev.longshore.apiserver.relay.KubeconfigServer;
import dev.longshore.base.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/// Posts events to a server, as an `EventList`. Whatever goes wrong is tried again, five times in all, and each time
/// later; then the events are lost. Nothing is tried later any more once it shall stop: then each batch has the try
/// that it is at, and one more.
final class WebhookSink implements AuditSink {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int TRIES = 5;
    private static final double FACTOR = 1.5;
    private static final double JITTER = 0.2;

    private final KubeconfigServer server;
    private final Duration backOff;
    private final AuditTally tally;
    private final Time time;
    private final RandomGenerator randomness;
    private boolean isStopping;

    WebhookSink(KubeconfigServer server, Duration backOff, AuditTally tally, Time time, RandomGenerator randomness) {
        this.server = server;
        this.backOff = backOff;
        this.tally = tally;
        this.time = time;
        this.randomness = randomness;
    }

    @Override
    public boolean take(List<AuditEvent> events) {
        String failure = sent(EventJson.list(events));
        if (failure.isEmpty()) {
            return true;
        }
        tally.lost("webhook", failure, events);
        return false;
    }

    /// Why they are not; empty if they are.
    private String sent(byte[] list) {
        String failure = "";
        double delay = backOff.toNanos();
        for (int tried = 1; tried <= TRIES; tried++) {
            failure = tried(list);
            boolean isLast = tried == TRIES || Thread.currentThread().isInterrupted();
            if (failure.isEmpty() || isLast) {
                return failure;
            }
            if (!slept(Duration.ofNanos((long) (delay * (1 + JITTER * randomness.nextDouble()))))) {
                return tried(list);
            }
            delay *= FACTOR;
        }
        return failure;
    }

    private String tried(byte[] list) {
        try {
            KubeconfigServer.Answer answer = server.post(list, LIMIT);
            return answer.isSuccess()
                    ? ""
                    : "the server responded with the status code " + answer.status() + ": " + answer.shown();
        } catch (IOException unreachable) {
            return String.valueOf(unreachable.getMessage());
        }
    }

    /// False if there is nothing to wait for any more.
    private synchronized boolean slept(Duration span) {
        if (isStopping) {
            return false;
        }
        var isOver = new boolean[1];
        Time.Timer timer = time.schedule(span, () -> {
            synchronized (this) {
                isOver[0] = true;
                notifyAll();
            }
        });
        try {
            while (!isOver[0] && !isStopping) {
                wait();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            timer.cancel();
        }
        return isOver[0];
    }

    @Override
    public synchronized void stopWaiting() {
        isStopping = true;
        notifyAll();
    }

    @Override
    public void close() {
        stopWaiting();
        server.close();
    }
}
