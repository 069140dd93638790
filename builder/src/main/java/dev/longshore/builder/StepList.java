package dev.longshore.builder;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.graph.Argument;
import dev.longshore.builder.graph.Base;
import dev.longshore.builder.graph.Plan;
import dev.longshore.builder.graph.PlannedStage;
import dev.longshore.builder.progress.StepName;
import dev.longshore.images.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The lines of a plan that will be done, numbered as people see them.
///
/// @param head before the first stage
/// @param stages by number
/// @param firstStage what people see the first stage's number as
/// @param platform what it is for, if people shall see it
record StepList(List<Step> head, Map<Integer, List<Step>> stages, int firstStage, Optional<Platform> platform) {

    private static final Set<String> TARGETS = Set.of("TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT");

    record Step(Line line, StepName name) {}

    /// What is to be done for one platform.
    ///
    /// @param last lines that follow those of the target
    /// @param platform what for, if people shall see it
    record Part(Plan plan, List<Line> last, Optional<Platform> platform) {
        Part {
            last = List.copyOf(last);
        }

        int lines() {
            return plan.needed().stream()
                            .mapToInt(stage -> stage.lines().size())
                            .sum()
                    + last.size();
        }
    }

    /// Those of `parts`, in their order, numbered on; what stands before the first stage is the first part's.
    static List<StepList> of(List<Part> parts) {
        int head = parts.getFirst().plan().head().size();
        int total = head + parts.stream().mapToInt(Part::lines).sum();
        var lists = new ArrayList<StepList>();
        int number = 1 + head;
        int firstStage = 0;
        for (Part part : parts) {
            lists.add(new StepList(
                    lists.isEmpty() ? head(part.plan(), total) : List.of(),
                    stages(part, number, total, firstStage),
                    firstStage,
                    part.platform()));
            number += part.lines();
            firstStage += part.plan().stages().size();
        }
        return lists;
    }

    private static List<Step> head(Plan plan, int total) {
        var head = new ArrayList<Step>();
        for (Line line : plan.head()) {
            head.add(new Step(line, new StepName(-1, "", head.size() + 1, total, line.text())));
        }
        return List.copyOf(head);
    }

    private static Map<Integer, List<Step>> stages(Part part, int first, int total, int firstStage) {
        var stages = new TreeMap<Integer, List<Step>>();
        var crossing = new TreeSet<Integer>();
        int number = first;
        for (PlannedStage stage : part.plan().needed()) {
            var lines = new ArrayList<>(stage.lines());
            if (stage.index() == part.plan().target().index()) {
                lines.addAll(part.last());
            }
            boolean isCrossing = stage.base() instanceof Base.OfStage(int earlier) && crossing.contains(earlier);
            var steps = new ArrayList<Step>();
            for (Line line : lines) {
                isCrossing |= declaresTarget(line);
                String shown = shown(part.platform(), stage, isCrossing);
                steps.add(new Step(
                        line,
                        new StepName(firstStage + stage.index(), stage.title(), number++, total, line.text(), shown)));
            }
            if (isCrossing) {
                crossing.add(stage.index());
            }
            stages.put(stage.index(), List.copyOf(steps));
        }
        return stages;
    }

    /// From where a stage knows what it builds for, what it does may differ from platform to platform.
    private static boolean declaresTarget(Line line) {
        return line.keyword().equals("ARG")
                && Argument.of(line).stream().map(Argument::name).anyMatch(TARGETS::contains);
    }

    private static String shown(Optional<Platform> platform, PlannedStage stage, boolean isCrossing) {
        if (platform.isEmpty()) {
            return "";
        }
        Platform target = platform.get();
        Platform runs = stage.platform().orElse(target);
        if (!isCrossing || runs.equals(target)) {
            return runs.toString();
        }
        if (!runs.os().equals(target.os())) {
            return runs + "->" + target;
        }
        return runs.architecture().equals(target.architecture())
                ? runs.toString()
                : runs + "->" + target.toString().substring(target.os().length() + 1);
    }

    /// Every name, in order.
    List<StepName> names() {
        var names = new ArrayList<StepName>();
        head.forEach(step -> names.add(step.name()));
        stages.values().forEach(steps -> steps.forEach(step -> names.add(step.name())));
        return names;
    }

    /// The steps of `stage`. One that only a base image's ONBUILD trigger asks for has numbers of its own.
    List<Step> of(PlannedStage stage) {
        if (stages.containsKey(stage.index())) {
            return stages.get(stage.index());
        }
        var steps = new ArrayList<Step>();
        int total = stage.lines().size();
        for (Line line : stage.lines()) {
            steps.add(new Step(
                    line,
                    new StepName(
                            shownStage(stage),
                            stage.title(),
                            steps.size() + 1,
                            total,
                            line.text(),
                            shown(platform, stage, false))));
        }
        return steps;
    }

    /// What people see the number of `stage` as.
    int shownStage(PlannedStage stage) {
        return firstStage + stage.index();
    }
}
