package dev.longshore.kubelet.node;

import dev.longshore.kubelet.configuration.KubeletConfiguration;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.List;
import java.util.Map;

/// What the node says of itself.
///
/// @param labels beside those that every node has
/// @param apiPort where the kubelet's HTTPS API listens
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
}
