package dev.longshore.kubelet;

import dev.longshore.base.Json;
import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.kubelet.images.CredentialProviders;
import dev.longshore.kubelet.node.NodeSettings;
import dev.longshore.kubelet.shutdown.LogindFiles;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a kubelet must know. A new option belongs into one of the records, or into the configuration.
///
/// @param node what it says of itself, and what a `KubeletConfiguration` file can say
/// @param places where it keeps what
/// @param dns the cluster's name servers and domain
/// @param capacity of a pretended machine; empty for the machine that this is
/// @param idScheme how container ids begin, as `longshore` in `longshore://ID`
/// @param hollow true for a node that only pretends: volumes and environments are left out
public record KubeletConfig(
        NodeSettings node,
        NodePlaces places,
        ClusterDns dns,
        Map<String, Quantity> capacity,
        String idScheme,
        boolean hollow) {

    private static final String VERSION = "v1.36.0";
    private static final int USUAL_PORT = 10250;

    public KubeletConfig {
        capacity = Map.copyOf(capacity);
    }

    /// @param servers addresses of the cluster's name server
    /// @param domain as `cluster.local`
    public record ClusterDns(List<String> servers, String domain) {
        public ClusterDns {
            servers = List.copyOf(servers);
        }

        static ClusterDns of(List<String> servers) {
            return new ClusterDns(servers, "cluster.local");
        }
    }

    /// The machine that this process runs on, with the usual settings.
    public static KubeletConfig of(String nodeName, String address, Path root, Path logs, List<String> clusterDns) {
        return new KubeletConfig(
                settings(nodeName, address, KubeletConfiguration.ofLaptop()),
                NodePlaces.below(root, logs),
                ClusterDns.of(clusterDns),
                Map.of(),
                "longshore",
                false);
    }

    /// A node that only pretends, of the given size.
    public static KubeletConfig hollow(String nodeName, String address, Path root, Map<String, Quantity> capacity) {
        // Nothing runs short on a machine that is none.
        KubeletConfiguration configuration = KubeletConfiguration.usual().with("evictionHard", Json.object());
        return new KubeletConfig(
                settings(nodeName, address, configuration),
                NodePlaces.below(root, root.resolve("logs")),
                ClusterDns.of(List.of()),
                capacity,
                "longshore",
                true);
    }

    private static NodeSettings settings(String name, String address, KubeletConfiguration configuration) {
        return new NodeSettings(name, List.of(address), Map.of(), List.of(), USUAL_PORT, VERSION, configuration);
    }

    /// The node's name.
    public String nodeName() {
        return node.name();
    }

    /// The kubelet's own directory.
    public Path root() {
        return places.root();
    }

    /// What a `KubeletConfiguration` file can say.
    public KubeletConfiguration configuration() {
        return node.configuration();
    }

    /// The same with container ids that begin with another scheme, as `containerd://`.
    public KubeletConfig withIdScheme(String other) {
        return new KubeletConfig(node, places, dns, capacity, other, hollow);
    }

    /// The same with other labels.
    public KubeletConfig withLabels(Map<String, String> other) {
        return with(node.with(other, node.taints()));
    }

    /// The same, registering with other taints.
    public KubeletConfig withTaints(List<Taint> other) {
        return with(node.with(node.labels(), other));
    }

    /// The same with another port for the HTTPS API, which the caller opens to serve [Kubelet#api].
    public KubeletConfig withApiPort(int other) {
        return with(node.withApiPort(other));
    }

    /// The same, configured otherwise.
    public KubeletConfig withConfiguration(KubeletConfiguration other) {
        return with(node.with(other));
    }

    /// The same with room for another number of pods.
    public KubeletConfig withMaxPods(int other) {
        return withConfiguration(configuration().with("maxPods", other));
    }

    /// The same with another place for volumes in memory.
    public KubeletConfig withMemory(Path other) {
        return with(places.withMemory(other));
    }

    /// The same with images elsewhere than below the kubelet's directory.
    public KubeletConfig withImages(Path other) {
        return with(places.withImages(other));
    }

    /// The same with static pods out of a directory, which exists.
    public KubeletConfig withManifests(Path other) {
        return with(places.withManifests(other));
    }

    /// The same with programs that give credentials for registries.
    public KubeletConfig withCredentialProviders(CredentialProviders other) {
        return with(places.withCredentialProviders(other));
    }

    /// The same with another logind to listen to.
    public KubeletConfig withLogind(LogindFiles other) {
        return with(places.withLogind(other));
    }

    private KubeletConfig with(NodeSettings other) {
        return new KubeletConfig(other, places, dns, capacity, idScheme, hollow);
    }

    private KubeletConfig with(NodePlaces other) {
        return new KubeletConfig(node, other, dns, capacity, idScheme, hollow);
    }
}
