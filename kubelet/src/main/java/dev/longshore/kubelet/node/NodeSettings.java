package dev.longshore.kubelet.node;

import dev.longshore.kubelet.configuration.KubeletConfiguration;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.List;
import java.util.Map;

/// What the node says of itself.
///
/// @param name also the value of the label `kubernetes.io/hostname`
/// @param addresses the node's own, the primary first
/// @param labels beside those that every node has
/// @param taints that the node registers with
/// @param apiPort where the kubelet's HTTPS API listens
/// @param version as `v1.36.0`
/// @param configuration how many pods it takes, what is reserved, how often it reports
public record NodeSettings(
        String name,
        List<String> addresses,
        Map<String, String> labels,
        List<Taint> taints,
        int apiPort,
        String version,
        KubeletConfiguration configuration) {

    public NodeSettings {
        addresses = List.copyOf(addresses);
        labels = Map.copyOf(labels);
        taints = List.copyOf(taints);
    }

    /// The same, registering with other labels and taints.
    public NodeSettings with(Map<String, String> otherLabels, List<Taint> otherTaints) {
        return new NodeSettings(name, addresses, otherLabels, otherTaints, apiPort, version, configuration);
    }

    /// The same, serving its API elsewhere.
    public NodeSettings withApiPort(int other) {
        return new NodeSettings(name, addresses, labels, taints, other, version, configuration);
    }

    /// The same, configured otherwise.
    public NodeSettings with(KubeletConfiguration other) {
        return new NodeSettings(name, addresses, labels, taints, apiPort, version, other);
    }
}
