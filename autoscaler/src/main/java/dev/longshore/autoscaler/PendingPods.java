package dev.longshore.autoscaler;

import dev.longshore.base.GoDurations;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which pods need help: those that the scheduler found no node for and for which, with the nodes that are on their
/// way, there still is none.
///
/// @param helpless what scaling up is about
/// @param isSomeoneWaiting a pod has a place, or will have, and only has to be put there
record PendingPods(List<Pod> helpless, boolean isSomeoneWaiting) {

    private static final String DELAY = "cluster-autoscaler.kubernetes.io/pod-scale-up-delay";

    /// Pods younger than this may be the first of many.
    private static final Duration VERY_NEW = Duration.ofSeconds(2);

    /// @param simulation of the nodes to come too; the pods that fit are placed there
    static PendingPods of(
            Observation cluster,
            Simulation simulation,
            Map<String, Deletions.Ongoing> ongoing,
            ScaleUpOptions options) {
        List<Pod> unschedulable = cluster.pods().stream()
                .filter(PodTraits::isUnschedulable)
                .filter(pod -> !PodTraits.isDaemon(pod))
                .filter(pod -> PodTraits.priority(pod) >= options.expendableBelow())
                .sorted(Comparator.comparingInt((Pod pod) -> -PodTraits.priority(pod))
                        .thenComparing(PodTraits::created)
                        .thenComparing(PodTraits::key))
                .toList();
        List<Pod> placeless = withoutNominated(unschedulable, simulation);
        List<Pod> left = unplaced(placeless, simulation);
        var helpless = new ArrayList<>(left);
        helpless.addAll(unplaced(PodsOnTheMove.leaving(cluster, ongoing), simulation));
        helpless.removeIf(pod ->
                PodTraits.created(pod).plus(delay(pod, options.newPodDelay())).isAfter(cluster.at()));
        return new PendingPods(List.copyOf(helpless), left.size() < unschedulable.size());
    }

    /// More pods are to be expected any moment.
    boolean areVeryNew(Instant now) {
        return helpless.stream()
                .allMatch(pod -> PodTraits.created(pod).plus(VERY_NEW).isAfter(now));
    }

    /// Without those for which others make room: they are where they will be.
    private static List<Pod> withoutNominated(List<Pod> pods, Simulation simulation) {
        var left = new ArrayList<Pod>();
        for (Pod pod : pods) {
            Optional<String> node = PodTraits.nominatedNode(pod)
                    .filter(name -> simulation.node(name).isPresent());
            node.ifPresentOrElse(name -> simulation.place(PodGroup.view(pod), name), () -> left.add(pod));
        }
        return left;
    }

    private static List<Pod> unplaced(List<Pod> pods, Simulation simulation) {
        var left = new HashSet<Pod>();
        for (PodGroup group : PodGroup.of(pods)) {
            int next = 0;
            List<Pod> alike = group.pods();
            while (next < alike.size() && simulation.placeAnywhere(PodGroup.view(alike.get(next)), node -> true)) {
                next++;
            }
            // Where one did not fit, the others do not either.
            left.addAll(alike.subList(next, alike.size()));
        }
        return pods.stream().filter(left::contains).toList();
    }

    private static Duration delay(Pod pod, Duration usual) {
        try {
            Duration asked =
                    PodTraits.annotation(pod, DELAY).map(GoDurations::parse).orElse(usual);
            return asked.compareTo(usual) > 0 ? asked : usual;
        } catch (IllegalArgumentException noDuration) {
            return usual;
        }
    }
}
