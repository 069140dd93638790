package dev.longshore.autoscaler;

import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Imagines that nodes go, one after the other: each removal that works is remembered, so that the next one finds
/// the moved pods in their new places and the budgets spent. One thread.
final class RemovalSimulator {

    /// What came of it.
    sealed interface Outcome {
        /// The node could go.
        record Removable(Removal removal) implements Outcome {}

        /// It has to stay.
        record Stuck(Obstacle obstacle, String message) implements Outcome {}
    }

    private final EvictionRules rules;
    private final Observation cluster;
    private final Simulation simulation;
    private final RemainingBudgets budgets;

    RemovalSimulator(EvictionRules rules, Observation cluster, Simulation simulation, RemainingBudgets budgets) {
        this.rules = rules;
        this.cluster = cluster;
        this.simulation = simulation;
        this.budgets = budgets;
    }

    /// Whether `node` with `pods` could go.
    ///
    /// @param destinations nodes that may take its pods
    Outcome remove(Node node, List<Pod> pods, Set<String> destinations) {
        var moved = new ArrayList<Pod>();
        for (Pod pod : pods) {
            switch (rules.of(pod, cluster.owners(), budgets, cluster.at())) {
                case Eviction.Ignored() -> {}
                case Eviction.Moved() -> moved.add(pod);
                case Eviction.Refused(Obstacle obstacle, String message) -> {
                    return new Outcome.Stuck(obstacle, message);
                }
            }
        }
        var guarded = budgets.protectedOf(moved);
        if (guarded.isPresent()) {
            return new Outcome.Stuck(
                    Obstacle.NOT_ENOUGH_BUDGET,
                    "not enough pod disruption budget to move " + PodTraits.key(guarded.get()));
        }
        var homeless = new ArrayList<>(guests(node, pods));
        moved.stream()
                .filter(pod -> !PodTraits.isEnding(pod))
                .map(PodGroup::view)
                .forEach(homeless::add);
        Simulation imagined = simulation.copy();
        imagined.remove(NodeTraits.name(node));
        for (PodView pod : homeless) {
            if (!imagined.placeAnywhere(
                    pod, name -> destinations.contains(name) && !name.equals(NodeTraits.name(node)))) {
                return new Outcome.Stuck(
                        Obstacle.NO_PLACE_TO_MOVE_PODS, "can reschedule only some of its pods: " + pod.key());
            }
        }
        simulation.become(imagined);
        budgets.spend(moved);
        return new Outcome.Removable(new Removal(node, moved));
    }

    /// Pods that are on `node` in imagination only, since their own nodes go.
    private List<PodView> guests(Node node, List<Pod> pods) {
        Set<String> own = pods.stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
        return simulation.node(NodeTraits.name(node)).stream()
                .flatMap(view -> view.pods().stream())
                .filter(pod -> !own.contains(pod.uid()))
                .toList();
    }
}
