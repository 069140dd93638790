package dev.longshore.cli;

import dev.longshore.base.Time;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// A build on a terminal: a line per step with its time, below it the last lines of what a running one says, painted
/// anew in place. Thread-safe: it repaints by itself while nothing happens.
final class TerminalBuildView implements BuildView {

    private static final Duration FRAME = Duration.ofMillis(150);

    private final PrintWriter out;
    private final Time time;
    private final int columns;
    private final int rows;
    private final BuildSteps steps = new BuildSteps();
    private final List<String> messages = new ArrayList<>();
    private final long begunAt;
    private int painted;
    private boolean isOver;

    /// On a terminal of so many `columns` and `rows`.
    TerminalBuildView(PrintWriter out, Time time, int columns, int rows) {
        this.out = out;
        this.time = time;
        this.columns = Math.max(20, columns);
        this.rows = Math.max(5, rows);
        this.begunAt = time.nanoTime();
    }

    /// Paints from now on.
    void start() {
        time.schedule(FRAME, this::tick);
    }

    @Override
    public synchronized void on(JsonNode event) {
        JsonNode about = event.path("step");
        long now = time.nanoTime();
        switch (event.path("type").asString("")) {
            case "planned" -> steps.plan(event);
            case "message" ->
                event.path("text")
                        .asString("")
                        .lines()
                        .map(BuildSteps::printable)
                        .forEach(messages::add);
            case "started" -> steps.begin(about, now);
            case "log" -> steps.of(about, now).say(event.path("text").asString(""));
            case "cached" -> steps.of(about, now).state = BuildSteps.State.CACHED;
            case "done" -> end(event, now, BuildSteps.State.DONE);
            case "failed" -> end(event, now, BuildSteps.State.FAILED);
            default -> {
                // Containers and stages are no lines of their own.
            }
        }
    }

    private void end(JsonNode event, long now, BuildSteps.State state) {
        BuildSteps.Step step = steps.of(event.path("step"), now);
        step.rest();
        step.tookMillis = event.path("took").asLong();
        step.state = step.state == BuildSteps.State.CACHED ? step.state : state;
    }

    @Override
    public synchronized void close() {
        isOver = true;
        paint(frame(Integer.MAX_VALUE));
    }

    private synchronized void tick() {
        if (!isOver) {
            paint(frame(rows - 1));
            time.schedule(FRAME, this::tick);
        }
    }

    /// Messages go above what is repainted, and stay.
    private void paint(List<String> frame) {
        var text = new StringBuilder();
        if (painted > 0) {
            text.append("\u001b[").append(painted).append("A\r\u001b[J");
        }
        messages.forEach(message -> text.append(message).append('\n'));
        messages.clear();
        frame.forEach(line -> text.append(line).append('\n'));
        out.print(text);
        out.flush();
        painted = frame.size();
    }

    /// At most `most` lines; of more the oldest are left out.
    private List<String> frame(int most) {
        long now = time.nanoTime();
        var lines = new ArrayList<String>();
        for (BuildSteps.Step step : steps.begun()) {
            boolean isRunning = step.state == BuildSteps.State.RUNNING;
            long took = isRunning ? (now - step.begunAt) / 1_000_000 : step.tookMillis;
            lines.add(line(" => " + mark(step.state) + step.title, PlainBuildView.seconds(took)));
            if (isRunning && !isOver || step.state == BuildSteps.State.FAILED) {
                step.log.forEach(said -> lines.add(line(" => => # " + said, "")));
            }
        }
        int from = Math.max(0, lines.size() - (most - 1));
        var frame = new ArrayList<String>();
        frame.add(line(
                String.format(
                        Locale.ROOT,
                        "[+] Building %s (%d/%d)%s",
                        PlainBuildView.seconds((now - begunAt) / 1_000_000),
                        steps.done(),
                        steps.total(),
                        isOver ? " FINISHED" : ""),
                ""));
        frame.addAll(lines.subList(from, lines.size()));
        return frame;
    }

    private static String mark(BuildSteps.State state) {
        return switch (state) {
            case CACHED -> "CACHED ";
            case FAILED -> "ERROR ";
            case RUNNING, DONE -> "";
        };
    }

    /// `left`, cut where it must be, and `right` at the edge.
    private String line(String left, String right) {
        int room = columns - 1 - (right.isEmpty() ? 0 : right.length() + 1);
        int length = left.codePointCount(0, left.length());
        String cut = length <= room ? left : left.substring(0, left.offsetByCodePoints(0, Math.max(0, room)));
        return right.isEmpty() ? cut : cut + " ".repeat(Math.max(0, room - length)) + " " + right;
    }
}
