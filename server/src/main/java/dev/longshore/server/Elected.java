package dev.longshore.server;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does a piece of work while it leads: of all servers that want to do it, the one that holds a [LeaderLease].
/// The times are a little shorter than client-go's, so that another leads within 15 s of a sudden death.
///
/// ```
///   asks every 2 s ─► holder was silent for 13 s ─► leads: work starts, renews every 2 s
///        ▲                                                    │ not renewed for 9 s: work is closed
///        └────────────────────────────────────────────────────┘
/// ```
final class Elected implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Elected.class);

    private static final Duration LENGTH = Duration.ofSeconds(13);
    private static final Duration RENEW_DEADLINE = Duration.ofSeconds(9);
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final double JITTER = 1.2;
    private static final Duration END_LIMIT = Duration.ofSeconds(30);

    private final String name;
    private final String identity;
    private final LeaderLease lease;
    private final Work work;
    private final RandomGenerator randomness;
    private final Time time;
    private Thread thread = Thread.ofVirtual().unstarted(() -> {});
    private volatile boolean isClosed;

    /// Starts the work; what it returns ends it.
    interface Work {
        AutoCloseable start() throws InterruptedException;
    }

    /// @param name of the lease
    /// @param identity of this server, which no other has
    /// @param client may write the lease
    Elected(String name, String identity, KubernetesClient client, Work work, RandomGenerator randomness, Time time) {
        this.name = name;
        this.identity = identity;
        this.lease = new LeaderLease(name, identity, LENGTH, client, time);
        this.work = work;
        this.randomness = randomness;
        this.time = time;
    }

    /// Begins to run for it; returns at once.
    void start() {
        lease.follow();
        thread = Thread.ofVirtual().name("elected-" + name).start(this::run);
    }

    private void run() {
        try {
            while (!isClosed) {
                long asked = time.nanoTime();
                if (attempt() == LeaderLease.Outcome.HELD) {
                    lead(asked);
                } else {
                    time.sleep(pause());
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private LeaderLease.Outcome attempt() {
        try {
            return lease.attempt();
        } catch (RuntimeException bug) {
            log.error("{}: the election is broken, and goes on", name, bug);
            return LeaderLease.Outcome.UNKNOWN;
        }
    }

    /// Not longer than until the lease is over.
    private Duration pause() {
        var usual = Duration.ofNanos((long) (RETRY.toNanos() * (1 + randomness.nextDouble() * JITTER)));
        Duration held = lease.heldFor();
        return held.isPositive() && held.compareTo(usual) < 0 ? held : usual;
    }

    /// @param since the lease is held
    private void lead(long since) throws InterruptedException {
        log.info("{} became leader of {}", identity, name);
        // Starting may take longer than a lease lasts.
        var running = new Running();
        Thread starter = Thread.ofVirtual().name("start-" + name).start(running);
        boolean isLost = false;
        try {
            isLost = renewWhile(running, since);
        } finally {
            end(starter, running);
            if (!isLost) {
                lease.release();
            }
        }
    }

    /// Returns when the lease is lost, or the work could not be started.
    ///
    /// @return whether it is lost
    private boolean renewWhile(Running running, long since) throws InterruptedException {
        long renewed = since;
        while (!running.hasFailed) {
            time.sleep(RETRY);
            long asked = time.nanoTime();
            switch (attemptUntil(renewed + RENEW_DEADLINE.toNanos())) {
                case HELD -> renewed = asked;
                case ANOTHERS -> {
                    log.warn("{} leads {} no longer: another does", identity, name);
                    return true;
                }
                case UNKNOWN -> {
                    if (time.nanoTime() - renewed >= RENEW_DEADLINE.toNanos()) {
                        log.warn("{} leads {} no longer: its lease could not be renewed", identity, name);
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /// One try that hangs must not keep the work going when another may have begun it.
    private LeaderLease.Outcome attemptUntil(long deadline) throws InterruptedException {
        var answer = new CompletableFuture<LeaderLease.Outcome>();
        Thread asking = Thread.ofVirtual().name("renew-" + name).start(() -> answer.complete(attempt()));
        Time.Timer end = time.schedule(
                Duration.ofNanos(deadline - time.nanoTime()), () -> answer.complete(LeaderLease.Outcome.UNKNOWN));
        try {
            return answer.get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } finally {
            end.cancel();
            asking.interrupt();
        }
    }

    private void end(Thread starter, Running running) {
        Optional<AutoCloseable> started = running.over();
        try {
            starter.interrupt();
            if (!starter.join(END_LIMIT)) {
                log.error("{} does not end to start; it is stopped as soon as it does", name);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        started.ifPresent(this::stop);
    }

    private void stop(AutoCloseable started) {
        try {
            started.close();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (Exception broken) {
            log.error("{} did not stop in order", name, broken);
        }
    }

    /// The work, which may begin to run only after it is over.
    private final class Running implements Runnable {

        private Optional<AutoCloseable> started = Optional.empty();
        private boolean isOver;
        private volatile boolean hasFailed;

        @Override
        public void run() {
            boolean hasStarted = false;
            try {
                AutoCloseable made = work.start();
                hasStarted = true;
                if (!isKept(made)) {
                    stop(made);
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException failed) {
                if (!isClosed) {
                    log.error("{} could not start", name, failed);
                }
            } finally {
                hasFailed = !hasStarted;
            }
        }

        private synchronized boolean isKept(AutoCloseable made) {
            started = isOver ? Optional.empty() : Optional.of(made);
            return !isOver;
        }

        /// @return what is to be stopped
        synchronized Optional<AutoCloseable> over() {
            isOver = true;
            return started;
        }
    }

    /// Ends the work, and gives the lease back.
    @Override
    public void close() {
        isClosed = true;
        lease.close();
        thread.interrupt();
        try {
            if (!thread.join(END_LIMIT)) {
                log.warn("{} does not end", name);
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
