package dev.longshore.kinds.kit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Where two objects differ, line by line as kube-apiserver shows it: with three lines before and after, the longest
/// runs of equal lines being taken as unchanged.
public final class LineDiff {

    private static final int CONTEXT = 3;
    private static final int MAX_LINES = 5000;
    private static final int POPULAR_FROM = 200;

    private final List<String> old;
    private final List<String> now;
    private final Map<String, List<Integer>> places = new HashMap<>();

    private LineDiff(List<String> old, List<String> now) {
        this.old = old;
        this.now = now;
        for (int i = 0; i < now.size(); i++) {
            places.computeIfAbsent(now.get(i), unseen -> new ArrayList<>()).add(i);
        }
        if (now.size() >= POPULAR_FROM) {
            // Lines that are everywhere say nothing.
            places.values().removeIf(all -> all.size() > now.size() / 100 + 1);
        }
    }

    /// A run of lines that are the same, or not if the tag says so.
    private record Run(boolean isEqual, int oldFrom, int oldTo, int nowFrom, int nowTo) {}

    /// The differences between two values of the type called `type`, see [InnerTypes].
    public static String of(String type, JsonNode old, JsonNode now) {
        JsonNode before = InnerTypes.of(type, old);
        JsonNode after = InnerTypes.of(type, now);
        List<String> lines = InnerTypes.lines(before);
        List<String> others = InnerTypes.lines(after);
        // Who sends that much shall not have it compared line by line.
        return Math.max(lines.size(), others.size()) > MAX_LINES ? TreeDiff.of(before, after) : between(lines, others);
    }

    static String between(List<String> old, List<String> now) {
        var diff = new LineDiff(old, now);
        var text = new StringBuilder();
        for (List<Run> group : diff.groups()) {
            Run first = group.getFirst();
            Run last = group.getLast();
            text.append("@@ -").append(range(first.oldFrom, last.oldTo));
            text.append(" +").append(range(first.nowFrom, last.nowTo)).append(" @@\n");
            group.forEach(run -> diff.append(text, run));
        }
        return text.toString();
    }

    private static String range(int from, int to) {
        int length = to - from;
        if (length == 1) {
            return Integer.toString(from + 1);
        }
        return (length == 0 ? from : from + 1) + "," + length;
    }

    private void append(StringBuilder text, Run run) {
        if (run.isEqual) {
            old.subList(run.oldFrom, run.oldTo)
                    .forEach(line -> text.append(' ').append(line).append('\n'));
            return;
        }
        old.subList(run.oldFrom, run.oldTo)
                .forEach(line -> text.append('-').append(line).append('\n'));
        now.subList(run.nowFrom, run.nowTo)
                .forEach(line -> text.append('+').append(line).append('\n'));
    }

    /// Changes that are near each other, with what is around them.
    private List<List<Run>> groups() {
        List<Run> runs = runs();
        var groups = new ArrayList<List<Run>>();
        var group = new ArrayList<Run>();
        for (int i = 0; i < runs.size(); i++) {
            Run run = runs.get(i);
            if (run.isEqual && i == 0) {
                run = tail(run);
            }
            if (run.isEqual && i == runs.size() - 1) {
                run = head(run);
            }
            if (run.isEqual && run.oldTo - run.oldFrom > 2 * CONTEXT) {
                group.add(head(run));
                groups.add(group);
                group = new ArrayList<>();
                run = tail(run);
            }
            group.add(run);
        }
        if (group.stream().anyMatch(run -> !run.isEqual)) {
            groups.add(group);
        }
        return groups;
    }

    private static Run head(Run run) {
        return new Run(
                true,
                run.oldFrom,
                Math.min(run.oldTo, run.oldFrom + CONTEXT),
                run.nowFrom,
                Math.min(run.nowTo, run.nowFrom + CONTEXT));
    }

    private static Run tail(Run run) {
        return new Run(
                true,
                Math.max(run.oldFrom, run.oldTo - CONTEXT),
                run.oldTo,
                Math.max(run.nowFrom, run.nowTo - CONTEXT),
                run.nowTo);
    }

    private List<Run> runs() {
        var equal = new ArrayList<Run>();
        match(0, old.size(), 0, now.size(), equal);
        equal.add(new Run(true, old.size(), old.size(), now.size(), now.size()));
        var runs = new ArrayList<Run>();
        int oldAt = 0;
        int nowAt = 0;
        for (Run run : equal) {
            boolean isAdjacent = oldAt == run.oldFrom && nowAt == run.nowFrom;
            if (!isAdjacent) {
                runs.add(new Run(false, oldAt, run.oldFrom, nowAt, run.nowFrom));
            }
            if (run.oldTo > run.oldFrom) {
                boolean isLonger = isAdjacent && !runs.isEmpty() && runs.getLast().isEqual;
                Run begin = isLonger ? runs.removeLast() : run;
                runs.add(new Run(true, begin.oldFrom, run.oldTo, begin.nowFrom, run.nowTo));
            }
            oldAt = run.oldTo;
            nowAt = run.nowTo;
        }
        return runs;
    }

    private void match(int oldFrom, int oldTo, int nowFrom, int nowTo, List<Run> equal) {
        Run longest = longest(oldFrom, oldTo, nowFrom, nowTo);
        if (longest.oldTo == longest.oldFrom) {
            return;
        }
        if (oldFrom < longest.oldFrom && nowFrom < longest.nowFrom) {
            match(oldFrom, longest.oldFrom, nowFrom, longest.nowFrom, equal);
        }
        equal.add(longest);
        if (longest.oldTo < oldTo && longest.nowTo < nowTo) {
            match(longest.oldTo, oldTo, longest.nowTo, nowTo, equal);
        }
    }

    /// The longest run of equal lines, of those of the same length the first.
    private Run longest(int oldFrom, int oldTo, int nowFrom, int nowTo) {
        int oldBest = oldFrom;
        int nowBest = nowFrom;
        int size = 0;
        Map<Integer, Integer> lengths = Map.of();
        for (int i = oldFrom; i < oldTo; i++) {
            var next = new HashMap<Integer, Integer>();
            for (int j : places.getOrDefault(old.get(i), List.of())) {
                if (j < nowFrom || j >= nowTo) {
                    continue;
                }
                int length = lengths.getOrDefault(j - 1, 0) + 1;
                next.put(j, length);
                if (length > size) {
                    oldBest = i - length + 1;
                    nowBest = j - length + 1;
                    size = length;
                }
            }
            lengths = next;
        }
        while (oldBest > oldFrom && nowBest > nowFrom && old.get(oldBest - 1).equals(now.get(nowBest - 1))) {
            oldBest--;
            nowBest--;
            size++;
        }
        while (oldBest + size < oldTo
                && nowBest + size < nowTo
                && old.get(oldBest + size).equals(now.get(nowBest + size))) {
            size++;
        }
        return new Run(true, oldBest, oldBest + size, nowBest, nowBest + size);
    }
}
