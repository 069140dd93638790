package dev.longshore.builder;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.graph.Plan;
import dev.longshore.builder.graph.PlannedStage;
import dev.longshore.builder.progress.StepName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The lines of a plan that will be done, numbered as people see them.
///
/// @param head before the first stage
/// @param stages by number
record StepList(List<Step> head, Map<Integer, List<Step>> stages) {

    record Step(Line line, StepName name) {}

    /// Those of `plan`, `last` being lines that follow those of its target.
    static StepList of(Plan plan, List<Line> last) {
        List<PlannedStage> needed = plan.needed();
        int total = plan.head().size()
                + needed.stream().mapToInt(stage -> stage.lines().size()).sum()
                + last.size();
        int number = 1;
        var head = new ArrayList<Step>();
        for (Line line : plan.head()) {
            head.add(new Step(line, new StepName(-1, "", number++, total, line.text())));
        }
        var stages = new TreeMap<Integer, List<Step>>();
        for (PlannedStage stage : needed) {
            var lines = new ArrayList<>(stage.lines());
            if (stage.index() == plan.target().index()) {
                lines.addAll(last);
            }
            var steps = new ArrayList<Step>();
            for (Line line : lines) {
                steps.add(new Step(line, new StepName(stage.index(), stage.title(), number++, total, line.text())));
            }
            stages.put(stage.index(), List.copyOf(steps));
        }
        return new StepList(List.copyOf(head), stages);
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
            steps.add(new Step(line, new StepName(stage.index(), stage.title(), steps.size() + 1, total, line.text())));
        }
        return steps;
    }
}
