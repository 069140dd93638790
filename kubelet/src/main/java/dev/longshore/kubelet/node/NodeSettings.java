package dev.longshore.kubelet.node;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.List;
import java.util.Map;

/// What the node says of itself.
///
/// @param labels beside those that every node has
/// @param reserved of the capacity, not for pods
/// @param apiPort where the kubelet's HTTPS API listens
public record NodeSettings(
        String name,
        List<String> addresses,
        Map<String, String> labels,
        List<Taint> taints,
        Map<String, Quantity> reserved,
        int maxPods,
        int apiPort,
        String version) {

    public NodeSettings {
        addresses = List.copyOf(addresses);
        labels = Map.copyOf(labels);
        taints = List.copyOf(taints);
        reserved = Map.copyOf(reserved);
    }
}
