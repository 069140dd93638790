package dev.longshore.autoscaler;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What is to be done for pods without a place.
sealed interface ScaleUpPlan {

    /// Groups grow.
    ///
    /// @param helped pods that will have a place
    record Grow(List<Resize> resizes, List<Pod> helped) implements ScaleUpPlan {
        public Grow {
            resizes = List.copyOf(resizes);
            helped = List.copyOf(helped);
        }
    }

    /// No group can help.
    record Helpless(List<Refusal> refusals) implements ScaleUpPlan {
        public Helpless {
            refusals = List.copyOf(refusals);
        }
    }

    /// Why no group helps a pod.
    ///
    /// @param reasons by group
    record Refusal(Pod pod, Map<String, List<String>> reasons) {

        /// Each reason with the number of groups that have it: `1 Insufficient cpu, 2 max node group size reached`.
        String message() {
            Map<String, Long> counts = reasons.values().stream()
                    .flatMap(List::stream)
                    .collect(Collectors.groupingBy(reason -> reason, TreeMap::new, Collectors.counting()));
            return counts.entrySet().stream()
                    .map(entry -> entry.getValue() + " " + entry.getKey())
                    .collect(Collectors.joining(", "));
        }
    }
}
