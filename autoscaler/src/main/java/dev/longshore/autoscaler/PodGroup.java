package dev.longshore.autoscaler;

import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/// Pods that are alike in all that the scheduler looks at: where one fits, each does, as long as there is room.
record PodGroup(List<Pod> pods) {

    /// Labels that tell apart what is alike.
    private static final Set<String> OWN_LABELS = Set.of(
            "batch.kubernetes.io/job-completion-index",
            "apps.kubernetes.io/pod-index",
            "statefulset.kubernetes.io/pod-name");

    PodGroup {
        pods = List.copyOf(pods);
    }

    /// One for all.
    PodView sample() {
        return view(pods.getFirst());
    }

    static PodView view(Pod pod) {
        return PodView.of(pod).unplaced();
    }

    /// Pods of one controller that ask for the same are one group, each other pod is one of its own; in the order of
    /// `pods`.
    static List<PodGroup> of(List<Pod> pods) {
        var groups = new LinkedHashMap<PodView, List<Pod>>();
        for (Pod pod : pods) {
            PodView view = view(pod);
            PodView likeness = view.controller().isPresent() ? likeness(view) : view;
            groups.computeIfAbsent(likeness, absent -> new ArrayList<>()).add(pod);
        }
        return groups.values().stream().map(PodGroup::new).toList();
    }

    private static PodView likeness(PodView pod) {
        var labels = new HashMap<>(pod.labels());
        labels.keySet().removeAll(OWN_LABELS);
        return new PodView(
                pod.namespace(),
                "",
                "",
                labels,
                pod.priority(),
                pod.requests(),
                pod.nodeSelector(),
                pod.affinity(),
                pod.tolerations(),
                pod.hostPorts(),
                pod.images(),
                pod.spread(),
                pod.volumes(),
                pod.devices(),
                pod.needs(),
                pod.features(),
                pod.controller(),
                pod.nodeName(),
                pod.isEnding());
    }
}
