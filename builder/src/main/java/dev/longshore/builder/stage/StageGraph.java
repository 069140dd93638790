package dev.longshore.builder.stage;

import dev.longshore.builder.graph.Plan;
import dev.longshore.builder.graph.PlannedStage;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the stages that a plan's target needs, each on a thread of its own, all at once; one that comes to where
/// it needs another waits there. The first failure, or an interrupt, ends all of them.
public final class StageGraph {

    private static final Logger log = LoggerFactory.getLogger(StageGraph.class);
    private static final long PATIENCE_SECONDS = 60;

    private final Plan plan;
    private final Work work;
    private final ExecutorService threads;
    private final Map<Integer, CompletableFuture<Stage>> results = new HashMap<>();
    private final CompletableFuture<Stage> outcome = new CompletableFuture<>();

    /// Of the stages in `plan`, which `work` does.
    public StageGraph(Plan plan, Work work) {
        this.plan = plan;
        this.work = work;
        this.threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("build-stage-", 0).factory());
    }

    /// Does a stage.
    @FunctionalInterface
    public interface Work {
        /// What `stage` comes to; asks `graph` for what it needs of others. Interrupting the thread ends it.
        Stage run(PlannedStage stage, StageGraph graph) throws IOException, InterruptedException;
    }

    /// Runs it all; returns what the target came to once no thread works any longer.
    public Stage run() throws IOException, InterruptedException {
        try {
            plan.needed().forEach(stage -> start(stage.index()));
            result(plan.target().index()).whenComplete((stage, failure) -> {
                if (failure == null) {
                    outcome.complete(stage);
                }
            });
            return outcome.get();
        } catch (ExecutionException failed) {
            throw StageFailure.rethrow(failed.getCause());
        } finally {
            end();
        }
    }

    /// What stage number `index` came to; begins it if nobody has, waits for it.
    ///
    /// @throws InterruptedException also when it failed: then all ends
    public Stage await(int index) throws InterruptedException {
        try {
            start(index);
            return result(index).get();
        } catch (RejectedExecutionException over) {
            throw (InterruptedException) new InterruptedException("the build is over").initCause(over);
        } catch (ExecutionException failed) {
            throw (InterruptedException)
                    new InterruptedException("a stage that is needed has failed").initCause(failed.getCause());
        }
    }

    private synchronized CompletableFuture<Stage> result(int index) {
        return results.get(index);
    }

    private synchronized void start(int index) {
        if (!results.containsKey(index)) {
            var result = new CompletableFuture<Stage>();
            results.put(index, result);
            threads.execute(() -> run(plan.stages().get(index), result));
        }
    }

    private void run(PlannedStage stage, CompletableFuture<Stage> result) {
        try {
            result.complete(work.run(stage, this));
        } catch (Exception | Error failure) {
            // The first failure is the one that counts: others only follow from it.
            outcome.completeExceptionally(failure);
            result.completeExceptionally(failure);
        }
    }

    private void end() {
        threads.shutdownNow();
        boolean interrupted = false;
        boolean waits = true;
        while (waits) {
            try {
                if (!threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    log.warn("a stage of a build does not end");
                }
                waits = false;
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
