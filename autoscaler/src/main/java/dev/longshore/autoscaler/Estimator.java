package dev.longshore.autoscaler;

import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// How many new nodes of a template pods need: the largest pods first, each on the first new node that has room
/// (first fit decreasing, which needs at most 11/9 of the best number and a little).
///
/// Cost: as many verdicts as pods times new nodes, at worst.
final class Estimator {

    /// The answer.
    ///
    /// @param pods those that have a place then
    record Estimate(int nodes, List<Pod> pods) {}

    private final NodeTemplate template;
    private final String prefix;
    private final Simulation simulation;
    private final int most;
    private final List<String> fresh = new ArrayList<>();
    private final Set<String> used = new TreeSet<>();
    private final List<Pod> placed = new ArrayList<>();

    private Estimator(NodeTemplate template, String group, Simulation cluster, int most) {
        this.template = template;
        this.prefix = "template-of-" + group + "-e-";
        this.simulation = cluster.copy();
        this.most = most;
    }

    /// What `groups` need beyond `cluster`, with at most `most` new nodes of `group`.
    static Estimate estimate(List<PodGroup> groups, NodeTemplate template, String group, Simulation cluster, int most) {
        var estimator = new Estimator(template, group, cluster, most);
        groups.stream()
                .sorted(Comparator.comparingDouble((PodGroup pods) -> -size(pods.sample(), template)))
                .forEach(estimator::pack);
        return new Estimate(estimator.used.size(), estimator.placed);
    }

    /// Its share of the template's processors and memory.
    private static double size(PodView pod, NodeTemplate template) {
        var allocatable = template.named("size").allocatable();
        double size = 0;
        for (String resource : List.of("cpu", "memory")) {
            long all = allocatable.getOrDefault(resource, 0L);
            size += all <= 0 ? 0 : (double) pod.request(resource) / all;
        }
        return size;
    }

    private void pack(PodGroup group) {
        int next = 0;
        List<Pod> pods = group.pods();
        while (next < pods.size() && packOnPresent(pods.get(next))) {
            next++;
        }
        while (next < pods.size() && packOnNewest(pods.get(next))) {
            next++;
        }
    }

    private boolean packOnPresent(Pod pod) {
        PodView view = PodGroup.view(pod);
        for (String node : fresh) {
            if (simulation.fits(view, node)) {
                place(pod, view, node);
                return true;
            }
        }
        return false;
    }

    /// What did not fit older nodes does not now: pods of a group are alike.
    private boolean packOnNewest(Pod pod) {
        PodView view = PodGroup.view(pod);
        if (!fresh.isEmpty() && simulation.fits(view, fresh.getLast())) {
            place(pod, view, fresh.getLast());
            return true;
        }
        boolean isNewestEmpty = !fresh.isEmpty() && !used.contains(fresh.getLast());
        if (isNewestEmpty || fresh.size() >= most) {
            return false;
        }
        String node = prefix + fresh.size();
        simulation.add(template.named(node));
        fresh.add(node);
        if (!simulation.fits(view, node)) {
            return false;
        }
        place(pod, view, node);
        return true;
    }

    private void place(Pod pod, PodView view, String node) {
        simulation.place(view, node);
        used.add(node);
        placed.add(pod);
    }
}
