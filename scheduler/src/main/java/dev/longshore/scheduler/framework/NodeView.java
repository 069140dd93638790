package dev.longshore.scheduler.framework;

import dev.longshore.kinds.pods.NodeFeature;
import io.fabric8.kubernetes.api.model.ContainerImage;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the scheduler knows of a node and of the pods on it. Immutable: with other pods it is another object.
public final class NodeView {

    private final String name;
    private final Map<String, String> labels;
    private final List<Taint> taints;
    private final boolean isUnschedulable;
    private final Map<String, Long> allocatable;
    private final Map<String, Long> requested;
    private final List<PodView> pods;
    private final Map<String, Long> images;
    private final Set<NodeFeature> features;
    /// Made at first use: most views are replaced by the next pod before anybody asks.
    private volatile NodeTally tally;

    /// @param allocatable resource to amount, units as in [PodView#requests]
    /// @param requested what `pods` ask for
    /// @param pods those on the node
    /// @param images name to size in bytes
    /// @param features what its kubelet can do
    public NodeView(
            String name,
            Map<String, String> labels,
            List<Taint> taints,
            boolean isUnschedulable,
            Map<String, Long> allocatable,
            Map<String, Long> requested,
            List<PodView> pods,
            Map<String, Long> images,
            Set<NodeFeature> features) {
        this.name = name;
        this.labels = Map.copyOf(labels);
        this.taints = List.copyOf(taints);
        this.isUnschedulable = isUnschedulable;
        this.allocatable = Map.copyOf(allocatable);
        this.requested = Map.copyOf(requested);
        this.pods = List.copyOf(pods);
        this.images = Map.copyOf(images);
        this.features = Set.copyOf(features);
    }

    /// The view of `node` with `pods` on it.
    public static NodeView of(Node node, List<PodView> pods) {
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
                        : node.getMetadata().getLabels(),
                node.getSpec().getTaints(),
                Boolean.TRUE.equals(node.getSpec().getUnschedulable()),
                node.getStatus() == null
                        ? Map.of()
                        : Requests.amounts(node.getStatus().getAllocatable()),
                requested(pods),
                pods,
                images,
                node.getStatus() == null
                        ? Set.of()
                        : NodeFeature.known(node.getStatus().getDeclaredFeatures()));
    }

    public String name() {
        return name;
    }

    public Map<String, String> labels() {
        return labels;
    }

    public List<Taint> taints() {
        return taints;
    }

    /// Cordoned.
    public boolean isUnschedulable() {
        return isUnschedulable;
    }

    /// Resource to amount, units as in [PodView#requests].
    public Map<String, Long> allocatable() {
        return allocatable;
    }

    /// What the pods on it ask for.
    public Map<String, Long> requested() {
        return requested;
    }

    /// Those on it.
    public List<PodView> pods() {
        return pods;
    }

    /// Name to size in bytes.
    public Map<String, Long> images() {
        return images;
    }

    /// What its kubelet can do.
    public Set<NodeFeature> features() {
        return features;
    }

    /// The same node with other pods.
    public NodeView with(List<PodView> others) {
        return new NodeView(
                name, labels, taints, isUnschedulable, allocatable, requested(others), others, images, features);
    }

    /// The same node with one pod more.
    public NodeView plus(PodView pod) {
        var more = new ArrayList<>(pods);
        more.add(pod);
        return with(more);
    }

    /// The same node without the pod `uid`.
    public NodeView minus(String uid) {
        return with(pods.stream().filter(pod -> !pod.uid().equals(uid)).toList());
    }

    /// What of `resource` is left.
    public long free(String resource) {
        return allocatable.getOrDefault(resource, 0L) - requested.getOrDefault(resource, 0L);
    }

    /// What the pods on it are taken to use of `resource`, as [PodView#usage].
    public long usage(String resource) {
        return tally().usage().getOrDefault(resource, 0L);
    }

    /// How many pods of the controller `uid` are here and not on their way out.
    public long siblings(String uid) {
        return tally().siblings().getOrDefault(uid, 0);
    }

    /// Pods here that care for the company of others.
    public List<PodView> choosyPods() {
        return tally().choosy();
    }

    /// Pods here that must not be together with some others.
    public List<PodView> repellingPods() {
        return tally().repelling();
    }

    /// Ports of the node that are taken.
    public Set<PodView.HostPort> takenPorts() {
        var taken = new HashSet<PodView.HostPort>();
        pods.forEach(pod -> taken.addAll(pod.hostPorts()));
        return taken;
    }

    @Override
    public String toString() {
        return "NodeView[" + name + ", " + pods.size() + " pods]";
    }

    private NodeTally tally() {
        NodeTally known = tally;
        if (known == null) {
            known = NodeTally.of(pods);
            tally = known;
        }
        return known;
    }

    private static Map<String, Long> requested(List<PodView> pods) {
        var sums = new HashMap<String, Long>();
        pods.forEach(pod -> pod.requests().forEach((name, amount) -> sums.merge(name, amount, Long::sum)));
        return sums;
    }
}
