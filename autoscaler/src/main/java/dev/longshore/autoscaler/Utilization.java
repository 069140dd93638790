package dev.longshore.autoscaler;

import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// How much of a node its pods ask for, as shares of what it offers.
record Utilization(double cpu, double memory) {

    /// @param pods on the node
    /// @param ignoresDaemons daemons count for nothing, and take away from what is offered
    /// @param ignoresMirrors the same of mirror pods
    static Utilization of(Node node, List<Pod> pods, boolean ignoresDaemons, boolean ignoresMirrors, Instant now) {
        Map<String, Long> offered = NodeView.of(node, List.of()).allocatable();
        return new Utilization(
                share("cpu", offered, pods, ignoresDaemons, ignoresMirrors, now),
                share("memory", offered, pods, ignoresDaemons, ignoresMirrors, now));
    }

    private static double share(
            String resource,
            Map<String, Long> offered,
            List<Pod> pods,
            boolean ignoresDaemons,
            boolean ignoresMirrors,
            Instant now) {
        long all = offered.getOrDefault(resource, 0L);
        long used = 0;
        for (Pod pod : pods) {
            if (PodTraits.isLongEnding(pod, now)) {
                continue;
            }
            long asked = PodView.of(pod).request(resource);
            boolean isIgnored = ignoresDaemons && PodTraits.isDaemon(pod) || ignoresMirrors && PodTraits.isMirror(pod);
            if (isIgnored) {
                all -= asked;
            } else {
                used += asked;
            }
        }
        return all <= 0 ? 1 : (double) used / all;
    }

    /// The larger one counts.
    double highest() {
        return Math.max(cpu, memory);
    }

    /// As the original prints it: `{0.25 0.1 0 cpu 0.25}`.
    @Override
    public String toString() {
        return "{%s %s 0 %s %s}".formatted(text(cpu), text(memory), cpu > memory ? "cpu" : "memory", text(highest()));
    }

    private static String text(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }
}
