package dev.longshore.builder;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.graph.Plan;
import dev.longshore.builder.graph.PlannedStage;
import dev.longshore.builder.progress.BuildEvent;
import dev.longshore.builder.progress.StepName;
import dev.longshore.builder.stage.BuildScope;
import dev.longshore.builder.stage.Session;
import dev.longshore.builder.stage.SourceTree;
import dev.longshore.builder.stage.Stage;
import dev.longshore.builder.stage.StageFailure;
import dev.longshore.builder.stage.StageGraph;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/// Builds for each of a target's platforms, side by side; what is equal for several is done once. The first failure,
/// or an interrupt, ends all of them.
final class PlatformRuns implements AutoCloseable {

    private final BuildScope scope;
    private final List<Run> runs;

    private PlatformRuns(BuildScope scope, List<Run> runs) {
        this.scope = scope;
        this.runs = List.copyOf(runs);
    }

    private record Run(Session session, StepList steps) {}

    /// What the build for one platform came to.
    ///
    /// @param stages that were done, by number
    record Done(Session session, Stage result, Map<Integer, Stage> stages) {
        Done {
            stages = new TreeMap<>(stages);
        }
    }

    /// Those of `target`, by `plans` in the same order.
    static PlatformRuns of(BuildScope scope, Target target, List<Plan> plans, SourceTree context) {
        var parts = new ArrayList<StepList.Part>();
        var sessions = new ArrayList<Session>();
        for (int i = 0; i < plans.size(); i++) {
            var session = new Session(scope, target.wishes().get(i), plans.get(i), context);
            sessions.add(session);
            parts.add(new StepList.Part(
                    plans.get(i),
                    labels(session),
                    target.isMultiple() ? target.platforms().get(i) : Optional.empty()));
        }
        List<StepList> steps = StepList.of(parts);
        var runs = new ArrayList<Run>();
        for (int i = 0; i < steps.size(); i++) {
            runs.add(new Run(sessions.get(i), steps.get(i)));
        }
        List<StepName> names =
                steps.stream().flatMap(list -> list.names().stream()).toList();
        scope.progress().tell(new BuildEvent.Planned(names));
        return new PlatformRuns(scope, runs);
    }

    /// The build that they are parts of.
    BuildScope scope() {
        return scope;
    }

    /// Does it all; returns, in the platforms' order, once no thread works any longer.
    ///
    /// @param contextMade when what the build's context was fetched from was made, if anything says so
    List<Done> run(Optional<Instant> contextMade) throws IOException, InterruptedException {
        for (Run run : runs) {
            run.session().begin(contextMade);
        }
        new StageRun(runs.getFirst().session(), runs.getFirst().steps()).head();
        return runs.size() == 1 ? List.of(done(runs.getFirst())) : together();
    }

    private static Done done(Run run) throws IOException, InterruptedException {
        var stages = new ConcurrentHashMap<Integer, Stage>();
        var work = new StageRun(run.session(), run.steps());
        Stage result = new StageGraph(run.session().plan(), (PlannedStage stage, StageGraph graph) -> {
                    Stage finished = work.run(stage, graph);
                    stages.put(stage.index(), finished);
                    return finished;
                })
                .run();
        return new Done(run.session(), result, stages);
    }

    private List<Done> together() throws IOException, InterruptedException {
        var threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("build-platform-", 0).factory());
        try (threads) {
            var ended = new ExecutorCompletionService<Done>(threads);
            List<Future<Done>> all =
                    runs.stream().map(run -> ended.submit(() -> done(run))).toList();
            await(ended, threads);
            return all.stream().map(Future::resultNow).toList();
        } catch (InterruptedException | IOException | RuntimeException | Error failed) {
            threads.shutdownNow();
            throw failed;
        }
    }

    /// What one run was told by another's end is no reason: the other's is.
    private void await(ExecutorCompletionService<Done> ended, ExecutorService threads)
            throws IOException, InterruptedException {
        Optional<Throwable> reason = Optional.empty();
        for (int i = 0; i < runs.size(); i++) {
            try {
                ended.take().get();
            } catch (ExecutionException failed) {
                threads.shutdownNow();
                Throwable cause = failed.getCause();
                boolean isFollowing = reason.isPresent()
                        && (cause instanceof InterruptedException || !(reason.get() instanceof InterruptedException));
                reason = isFollowing ? reason : Optional.of(cause);
            }
        }
        if (reason.isPresent()) {
            throw StageFailure.rethrow(reason.get());
        }
    }

    /// Lets go what was fetched for this build only.
    @Override
    public void close() throws IOException {
        for (Run run : runs) {
            run.session().close();
        }
    }

    /// Labels from the command line come as one more step, as if the Dockerfile ended with them.
    private static List<Line> labels(Session session) {
        Map<String, String> labels = session.wishes().labels();
        if (labels.isEmpty()) {
            return List.of();
        }
        String text = new TreeMap<>(labels)
                .entrySet().stream()
                        .map(label -> quoted(label.getKey()) + "=" + quoted(label.getValue()))
                        .collect(Collectors.joining(" "));
        Line last = session.plan().target().lines().getLast();
        return List.of(last.following("LABEL", text));
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
