package dev.longshore.builder.cache;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/// Lets one of several builds that are at the same step do it for all of them. Thread-safe.
public final class SharedSteps {

    private static final int LONGEST_LOG = 1 << 20;

    private final Map<StepKey, Flight> flights = new ConcurrentHashMap<>();

    /// Does a step.
    @FunctionalInterface
    public interface Doing {
        /// Says what it does to `log`.
        StepRecord run(Consumer<String> log) throws IOException, InterruptedException;
    }

    /// Does the step with `key`, or waits for whoever does it already and hears all that it says. Empty when
    /// somebody else did not succeed: ask again, or do without.
    ///
    /// @param log where this caller hears what the step says
    public Optional<StepRecord> run(StepKey key, Consumer<String> log, Doing doing)
            throws IOException, InterruptedException {
        var mine = new Flight();
        Flight theirs = flights.putIfAbsent(key, mine);
        if (theirs != null) {
            return theirs.join(log);
        }
        try {
            mine.hear(log);
            StepRecord done = doing.run(mine::say);
            mine.result.complete(Optional.of(done));
            return Optional.of(done);
        } finally {
            flights.remove(key, mine);
            mine.result.complete(Optional.empty());
        }
    }

    private static final class Flight {
        private final CompletableFuture<Optional<StepRecord>> result = new CompletableFuture<>();
        private final List<Consumer<String>> listeners = new ArrayList<>();
        private final StringBuilder said = new StringBuilder();

        synchronized void hear(Consumer<String> log) {
            if (!said.isEmpty()) {
                log.accept(said.toString());
            }
            listeners.add(log);
        }

        void say(String text) {
            List<Consumer<String>> hearing;
            synchronized (this) {
                if (said.length() < LONGEST_LOG) {
                    said.append(text);
                }
                hearing = List.copyOf(listeners);
            }
            hearing.forEach(listener -> listener.accept(text));
        }

        synchronized void leave(Consumer<String> log) {
            listeners.remove(log);
        }

        Optional<StepRecord> join(Consumer<String> log) throws InterruptedException {
            hear(log);
            try {
                return result.get();
            } catch (ExecutionException impossible) {
                throw new AssertionError("it completes with a value only", impossible);
            } finally {
                leave(log);
            }
        }
    }
}
