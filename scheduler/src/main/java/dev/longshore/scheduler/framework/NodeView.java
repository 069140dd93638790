package dev.longshore.scheduler.framework;

import io.fabric8.kubernetes.api.model.ContainerImage;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the scheduler knows of a node and of the pods on it.
///
/// @param allocatable resource to amount, units as in [PodView#requests]
/// @param requested what the pods on it ask for
public record NodeView(
        String name,
        Map<String, String> labels,
        List<Taint> taints,
        boolean isUnschedulable,
        Map<String, Long> allocatable,
        Map<String, Long> requested,
        List<PodView> pods,
        Map<String, Long> images) {

    /// The view of `node` with `pods` on it.
    public static NodeView of(Node node, List<PodView> pods) {
        var requested = new HashMap<String, Long>();
        pods.forEach(pod -> pod.requests().forEach((name, amount) -> requested.merge(name, amount, Long::sum)));
        var images = new HashMap<String, Long>();
        if (node.getStatus() != null) {
            for (ContainerImage image : node.getStatus().getImages()) {
                long size = image.getSizeBytes() == null ? 0 : image.getSizeBytes();
                image.getNames().forEach(name -> images.put(name, size));
            }
        }
        return new NodeView(
                node.getMetadata().getName(),
                node.getMetadata().getLabels() == null
                        ? Map.of()
                        : Map.copyOf(node.getMetadata().getLabels()),
                List.copyOf(node.getSpec().getTaints()),
                Boolean.TRUE.equals(node.getSpec().getUnschedulable()),
                node.getStatus() == null
                        ? Map.of()
                        : Requests.amounts(node.getStatus().getAllocatable()),
                Map.copyOf(requested),
                List.copyOf(pods),
                Map.copyOf(images));
    }

    /// What of `resource` is left.
    public long free(String resource) {
        return allocatable.getOrDefault(resource, 0L) - requested.getOrDefault(resource, 0L);
    }

    /// Ports of the node that are taken.
    public Set<PodView.HostPort> takenPorts() {
        var taken = new HashSet<PodView.HostPort>();
        pods.forEach(pod -> taken.addAll(pod.hostPorts()));
        return taken;
    }
}
