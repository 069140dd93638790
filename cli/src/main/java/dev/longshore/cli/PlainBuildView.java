package dev.longshore.cli;

import dev.longshore.base.Time;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// A build line by line, as BuildKit's plain progress: `#5 [build 2/4] RUN make`, `#5 1.204 a line`, `#5 DONE 3.4s`.
/// For one thread.
final class PlainBuildView implements BuildView {

    private final PrintWriter out;
    private final Time time;
    private final BuildSteps steps = new BuildSteps();
    private int shown;

    PlainBuildView(PrintWriter out, Time time) {
        this.out = out;
        this.time = time;
    }

    @Override
    public void on(JsonNode event) {
        JsonNode about = event.path("step");
        long now = time.nanoTime();
        switch (event.path("type").asString("")) {
            case "planned" -> steps.plan(event);
            case "message" -> message(event.path("text").asString(""));
            case "started" -> turn(steps.begin(about, now));
            case "log" -> {
                BuildSteps.Step step = steps.of(about, now);
                say(step, step.say(event.path("text").asString("")), now);
            }
            case "cached" -> steps.of(about, now).state = BuildSteps.State.CACHED;
            case "done" -> {
                BuildSteps.Step step = steps.of(about, now);
                say(step, step.rest(), now);
                turn(step);
                boolean isCached = step.state == BuildSteps.State.CACHED;
                step.state = isCached ? step.state : BuildSteps.State.DONE;
                out.println("#" + step.number
                        + (isCached
                                ? " CACHED"
                                : " DONE " + seconds(event.path("took").asLong())));
            }
            case "failed" -> {
                BuildSteps.Step step = steps.of(about, now);
                say(step, step.rest(), now);
                turn(step);
                step.state = BuildSteps.State.FAILED;
                out.println("#" + step.number + " ERROR: "
                        + BuildSteps.printable(event.path("why").asString("")));
            }
            default -> {
                // Containers and stages are no lines of their own.
            }
        }
        out.flush();
    }

    @Override
    public void close() {
        out.flush();
    }

    /// Milliseconds as `3.4s`.
    static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1fs", millis / 1000.0);
    }

    private void message(String text) {
        text.lines().map(BuildSteps::printable).forEach(out::println);
    }

    private void say(BuildSteps.Step step, List<String> lines, long now) {
        for (String line : lines) {
            turn(step);
            out.println(String.format(Locale.ROOT, "#%d %.3f %s", step.number, (now - step.begunAt) / 1e9, line));
        }
    }

    /// Lines of another step follow: says which.
    private void turn(BuildSteps.Step step) {
        if (shown == step.number) {
            return;
        }
        if (shown != 0) {
            out.println();
        }
        out.println("#" + step.number + " " + step.title);
        shown = step.number;
    }
}
