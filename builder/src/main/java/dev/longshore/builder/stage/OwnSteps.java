package dev.longshore.builder.stage;

import dev.longshore.builder.cache.StepKey;
import dev.longshore.builder.cache.StepRecord;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/// The steps of one build: equal ones, of several platforms or stages, are done once, whether or not what earlier
/// builds did counts. Thread-safe.
final class OwnSteps {

    private final Map<Asked, CompletableFuture<StepRecord>> done = new ConcurrentHashMap<>();

    private record Asked(StepKey key, boolean usesCache) {}

    /// Does a step.
    @FunctionalInterface
    interface Doing {
        StepRecord run() throws IOException, InterruptedException;
    }

    /// What the step with `key` came to, and whether it was another one that did it. Whoever waits for one that
    /// fails fails as well.
    ///
    /// @param usesCache whether earlier builds count: what does not use them takes nothing from what does
    Outcome once(StepKey key, boolean usesCache, Doing doing) throws IOException, InterruptedException {
        var mine = new CompletableFuture<StepRecord>();
        CompletableFuture<StepRecord> theirs = done.putIfAbsent(new Asked(key, usesCache), mine);
        if (theirs != null) {
            try {
                return new Outcome(theirs.get(), true);
            } catch (ExecutionException failed) {
                throw StageFailure.rethrow(failed.getCause());
            }
        }
        try {
            StepRecord record = doing.run();
            mine.complete(record);
            return new Outcome(record, false);
        } catch (IOException | InterruptedException | RuntimeException | Error failed) {
            mine.completeExceptionally(failed);
            throw failed;
        }
    }

    /// @param isTaken whether the step was not done by whoever asked
    record Outcome(StepRecord record, boolean isTaken) {}
}
