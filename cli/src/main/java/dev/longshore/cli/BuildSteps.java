package dev.longshore.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// The steps of a build as a view knows them: each with what it is called, how it goes, and the last it said. For
/// one thread.
final class BuildSteps {

    static final int LOG_LINES = 6;

    private final Map<Integer, Step> byNumber = new HashMap<>();
    private final Map<Integer, List<Integer>> byStage = new HashMap<>();
    private final List<Step> begun = new ArrayList<>();
    private boolean isOneStage;

    /// How a step goes.
    enum State {
        RUNNING,
        CACHED,
        DONE,
        FAILED
    }

    /// A step that has begun.
    static final class Step {
        final int number;
        final String title;
        final long begunAt;
        final List<String> log = new ArrayList<>();
        State state = State.RUNNING;
        long tookMillis;
        private final StringBuilder open = new StringBuilder();

        private Step(int number, String title, long begunAt) {
            this.number = number;
            this.title = title;
            this.begunAt = begunAt;
        }

        /// Takes a piece of output; returns the lines that it ended.
        List<String> say(String text) {
            var ended = new ArrayList<String>();
            open.append(text);
            for (int end = open.indexOf("\n"); end >= 0; end = open.indexOf("\n")) {
                ended.add(printable(open.substring(0, end)));
                open.delete(0, end + 1);
            }
            remember(ended);
            return ended;
        }

        /// The line that was not ended, if there is one.
        List<String> rest() {
            if (open.isEmpty()) {
                return List.of();
            }
            return say("\n");
        }

        private void remember(List<String> lines) {
            log.addAll(lines);
            if (log.size() > LOG_LINES) {
                log.subList(0, log.size() - LOG_LINES).clear();
            }
        }
    }

    /// Learns which steps there will be.
    void plan(JsonNode event) {
        var names = new HashSet<String>();
        event.path("steps").forEach(step -> names.add(step.path("stageName").asString("")));
        names.remove("");
        isOneStage = names.size() <= 1;
        event.path("steps")
                .forEach(step -> byStage.computeIfAbsent(step.path("stage").asInt(), stage -> new ArrayList<>())
                        .add(step.path("number").asInt()));
    }

    /// How many steps there will be.
    int total() {
        return byStage.values().stream().mapToInt(List::size).sum();
    }

    /// How many are done.
    long done() {
        return begun.stream().filter(step -> step.state != State.RUNNING).count();
    }

    /// All that have begun, in that order.
    List<Step> begun() {
        return begun;
    }

    /// A step begins at `now`, in nanoseconds.
    Step begin(JsonNode step, long now) {
        var fresh = new Step(begun.size() + 1, title(step), now);
        begun.add(fresh);
        byNumber.put(key(step), fresh);
        return fresh;
    }

    /// The step that an event is about; it begins now if nobody said so before.
    Step of(JsonNode step, long now) {
        Step known = byNumber.get(key(step));
        return known == null ? begin(step, now) : known;
    }

    private static int key(JsonNode step) {
        return step.path("stage").asInt() * 100_000 + step.path("number").asInt();
    }

    /// `[build 2/4] RUN make`, as BuildKit writes it.
    private String title(JsonNode step) {
        int stage = step.path("stage").asInt();
        String text = printable(step.path("text").asString(""));
        if (stage < 0) {
            return "[internal] " + text;
        }
        List<Integer> all = byStage.getOrDefault(stage, List.of());
        int index = all.indexOf(step.path("number").asInt()) + 1;
        String name = step.path("stageName").asString("");
        boolean isOnly = isOneStage && name.equals("stage-0");
        String place = index == 0
                ? step.path("number").asInt() + "/" + step.path("total").asInt()
                : index + "/" + all.size();
        String platform = printable(step.path("platform").asString(""));
        return "[" + (platform.isEmpty() ? "" : platform + " ") + (isOnly ? "" : printable(name) + " ") + place + "] "
                + text;
    }

    /// Without what would move a terminal's cursor or change its colours; of a line that was overwritten, the last.
    static String printable(String line) {
        String whole = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        String last = whole.substring(whole.lastIndexOf('\r') + 1);
        return last.replaceAll("\u001b\\[[0-9;?]*[ -/]*[@-~]", "")
                .replace('\t', ' ')
                .replaceAll("\\p{Cntrl}", "");
    }
}
