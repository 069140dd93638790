package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// What a pod is told that waits for a volume for one node which another node still has. It does not learn the names
/// of pods in other namespaces.
final class MultiAttach {

    private MultiAttach() {}

    /// @param users pods on other nodes that use the volume
    static String message(String volume, Pod waiting, List<Pod> users) {
        return "Multi-Attach error for volume \"" + volume + "\" " + why(waiting, users);
    }

    private static String why(Pod waiting, List<Pod> users) {
        if (users.isEmpty()) {
            return "Volume is already exclusively attached to one node and can't be attached to another";
        }
        String namespace = waiting.getMetadata().getNamespace();
        List<Pod> near = users.stream()
                .filter(pod -> namespace.equals(pod.getMetadata().getNamespace()))
                .toList();
        String far = (users.size() - near.size()) + " pod(s) in different namespaces";
        if (near.isEmpty()) {
            return "Volume is already used by " + far;
        }
        String names = near.stream()
                .map(pod -> pod.getMetadata().getName())
                .sorted(Comparator.naturalOrder())
                .collect(Collectors.joining(", "));
        return "Volume is already used by pod(s) " + names + (near.size() == users.size() ? "" : " and " + far);
    }
}
