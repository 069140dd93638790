package dev.longshore.autoscaler;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;

/// One way to help pods: so many nodes more in a group.
///
/// @param nodes at least one
/// @param pods those that would have a place then
record Expansion(GroupView group, NodeTemplate template, int nodes, List<Pod> pods) {

    Expansion {
        pods = List.copyOf(pods);
    }
}
