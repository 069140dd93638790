package dev.longshore.scheduler.framework;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Sums over a node's pods that rules ask for again and again.
///
/// @param siblings controller's uid to how many of its pods are here and not on their way out
/// @param usage resource to what its pods are taken to use, as [PodView#usage]
/// @param choosy pods that care for the company of others
/// @param repelling pods that must not be together with some others
record NodeTally(
        Map<String, Integer> siblings, Map<String, Long> usage, List<PodView> choosy, List<PodView> repelling) {

    static NodeTally of(List<PodView> pods) {
        var siblings = new HashMap<String, Integer>();
        var usage = new HashMap<String, Long>();
        var choosy = new ArrayList<PodView>();
        var repelling = new ArrayList<PodView>();
        for (PodView pod : pods) {
            if (!pod.isEnding() && pod.controller().isPresent()) {
                siblings.merge(pod.controller().get(), 1, Integer::sum);
            }
            PodView.ALWAYS_USED.keySet().forEach(name -> usage.merge(name, pod.usage(name), Long::sum));
            if (pod.isChoosy()) {
                choosy.add(pod);
            }
            if (pod.isRepelling()) {
                repelling.add(pod);
            }
        }
        return new NodeTally(siblings, usage, List.copyOf(choosy), List.copyOf(repelling));
    }
}
