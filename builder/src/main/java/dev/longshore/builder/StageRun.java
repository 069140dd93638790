package dev.longshore.builder;

import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.dockerfile.DockerfileParser;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.graph.PlannedStage;
import dev.longshore.builder.instructions.Instructions;
import dev.longshore.builder.progress.BuildEvent;
import dev.longshore.builder.progress.Progress;
import dev.longshore.builder.stage.Build;
import dev.longshore.builder.stage.Session;
import dev.longshore.builder.stage.Stage;
import dev.longshore.builder.stage.StageGraph;
import dev.longshore.images.ImageFaultException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Does the lines of a stage one after the other, and a base image's ONBUILD triggers between them.
final class StageRun implements StageGraph.Work {

    private final Session session;
    private final StepList steps;

    StageRun(Session session, StepList steps) {
        this.session = session;
        this.steps = steps;
    }

    /// Tells of the lines before the first stage, which are done with the plan.
    void head() {
        for (StepList.Step step : steps.head()) {
            session.progress().begin(step.name()).done("");
        }
    }

    @Override
    public Stage run(PlannedStage stage, StageGraph graph) throws IOException, InterruptedException {
        var build = new Build(session, graph, stage);
        for (StepList.Step step : steps.of(stage)) {
            if (Thread.interrupted()) {
                throw new InterruptedException("the build was cancelled");
            }
            run(build, step);
        }
        session.progress().tell(new BuildEvent.StageDone(steps.shownStage(stage)));
        return build.stage();
    }

    private void run(Build build, StepList.Step step) throws IOException, InterruptedException {
        Progress.Running running = session.progress().begin(step.name());
        build.running(running);
        try {
            apply(build, step.line());
            triggers(build, step.line());
            running.done(build.stage().id().shortHex());
        } catch (DockerfileException failed) {
            running.failed(failed.getMessage());
            throw failed;
        }
    }

    private static void triggers(Build build, Line line) throws IOException, InterruptedException {
        for (Optional<String> next = build.nextTrigger(); next.isPresent(); next = build.nextTrigger()) {
            List<Line> read = DockerfileParser.parse(line.file() + " ONBUILD", next.get(), Instructions.keywords());
            if (read.size() != 1) {
                throw line.wrong("onbuild trigger should be a single expression");
            }
            // An image can say anything: one whose trigger begins a stage on itself would never end.
            if (read.getFirst().keyword().equals("FROM")) {
                throw line.wrong("FROM isn't allowed as an ONBUILD trigger");
            }
            apply(build, read.getFirst().at(line));
        }
    }

    private static void apply(Build build, Line line) throws IOException, InterruptedException {
        try {
            Instructions.of(line.keyword()).apply(line, build);
        } catch (ImageFaultException fault) {
            throw line.failed(fault.getMessage(), 1, fault);
        } catch (IllegalArgumentException wrong) {
            throw line.failed(wrong.getMessage(), 1, wrong);
        }
    }
}
