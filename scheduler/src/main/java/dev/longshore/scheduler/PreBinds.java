package dev.longshore.scheduler;

import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.PreBind;
import dev.longshore.scheduler.framework.PreparationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Several rules as one: all of their preparations are carried out, one after the other, and when one fails the rest
/// is given back. What fails says whose preparation it was.
final class PreBinds implements PreBind {

    private final List<PreBind> rules;

    PreBinds(List<PreBind> rules) {
        this.rules = List.copyOf(rules);
    }

    @Override
    public String name() {
        return "PreBind";
    }

    @Override
    public Optional<Preparation> reserve(PodView pod, NodeView node) {
        var steps = new ArrayList<Step>();
        for (PreBind rule : rules) {
            rule.reserve(pod, node).ifPresent(preparation -> steps.add(new Step(rule.name(), preparation)));
        }
        return steps.isEmpty() ? Optional.empty() : Optional.of(new Steps(steps));
    }

    private record Step(String rule, Preparation preparation) {}

    private record Steps(List<Step> steps) implements Preparation {

        @Override
        public void carryOut() throws InterruptedException {
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                boolean done = false;
                try {
                    step.preparation().carryOut();
                    done = true;
                } catch (PreparationException failed) {
                    throw new PreparationException(
                            "running PreBind plugin \"%s\": %s".formatted(step.rule(), failed.getMessage()));
                } finally {
                    if (!done) {
                        // It has given back its own.
                        steps.subList(i + 1, steps.size())
                                .forEach(later -> later.preparation().giveBack());
                    }
                }
            }
        }

        @Override
        public void giveBack() {
            steps.forEach(step -> step.preparation().giveBack());
        }
    }
}
