package dev.longshore.kubelet.shutdown;

import dev.longshore.kubelet.configuration.KubeletConfiguration;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// How long pods have before the machine goes down, by their priority: the least important ones end first, each group
/// within its own period, and none waits for a group without pods.
///
/// @param steps from the lowest priority to the highest; empty where pods are not ended at all
record GracePeriods(List<Step> steps) {

    /// From here on pods are the system's own.
    private static final int SYSTEM_CRITICAL = 2_000_000_000;

    GracePeriods {
        steps = steps.stream().sorted(Comparator.comparingInt(Step::priority)).toList();
    }

    /// @param priority from which on
    /// @param grace for the pods up to the next step
    record Step(int priority, Duration grace) {}

    /// Pods that end at the same time.
    record Group(Step step, List<Pod> pods) {
        Group {
            pods = List.copyOf(pods);
        }
    }

    /// `shutdownGracePeriodByPodPriority`, or else `shutdownGracePeriod` of which the last
    /// `shutdownGracePeriodCriticalPods` are for critical pods.
    static GracePeriods of(KubeletConfiguration configuration) {
        var steps = new ArrayList<Step>();
        configuration
                .value("shutdownGracePeriodByPodPriority")
                .ifPresent(list -> list.forEach(one -> steps.add(step(one))));
        Duration all = configuration.duration("shutdownGracePeriod");
        if (steps.isEmpty() && !all.isZero()) {
            Duration critical = configuration.duration("shutdownGracePeriodCriticalPods");
            steps.add(new Step(0, Duration.ofSeconds(all.minus(critical).toSeconds())));
            steps.add(new Step(SYSTEM_CRITICAL, Duration.ofSeconds(critical.toSeconds())));
        }
        return new GracePeriods(steps);
    }

    private static Step step(JsonNode one) {
        return new Step(
                one.path("priority").asInt(0),
                Duration.ofSeconds(one.path("shutdownGracePeriodSeconds").asLong(0)));
    }

    /// How long all of it may take.
    Duration total() {
        return steps.stream().map(Step::grace).reduce(Duration.ZERO, Duration::plus);
    }

    /// Those of `pods` that end together, in the order in which they do. Who is below the lowest step is in it.
    List<Group> groups(List<Pod> pods) {
        var groups = new ArrayList<Group>();
        for (int i = 0; i < steps.size(); i++) {
            int own = i;
            groups.add(new Group(
                    steps.get(i), pods.stream().filter(pod -> index(pod) == own).toList()));
        }
        return groups.stream().filter(group -> !group.pods().isEmpty()).toList();
    }

    private int index(Pod pod) {
        Integer given = pod.getSpec().getPriority();
        int priority = given == null ? 0 : given;
        int index = 0;
        while (index + 1 < steps.size() && steps.get(index + 1).priority() <= priority) {
            index++;
        }
        return index;
    }
}
