package dev.longshore.kubelet;

import dev.longshore.base.Json;
import dev.longshore.kubelet.configuration.KubeletConfiguration;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a kubelet must know.
///
/// @param nodeName also the value of the label `kubernetes.io/hostname`
/// @param addresses the node's own, the primary first
/// @param labels beside those that every node has
/// @param taints that the node registers with
/// @param version as `v1.36.0`
/// @param apiPort where the HTTPS API will listen; the caller opens it and serves [Kubelet#api]
/// @param root a directory of the kubelet's own
/// @param logs where container logs go, a directory per pod
/// @param memory a directory on a tmpfs that the runtime sees, for volumes that ask for memory
/// @param clusterDns addresses of the cluster's name server
/// @param clusterDomain as `cluster.local`
/// @param capacity of a pretended machine; empty for the machine that this is
/// @param configuration what a `KubeletConfiguration` file can say
/// @param idScheme how container ids begin, as `longshore` in `longshore://ID`
/// @param manifests a directory of static pods; none if empty
/// @param hollow true for a node that only pretends: volumes and environments are left out
public record KubeletConfig(
        String nodeName,
        List<String> addresses,
        Map<String, String> labels,
        List<Taint> taints,
        String version,
        int apiPort,
        Path root,
        Path logs,
        Path memory,
        List<String> clusterDns,
        String clusterDomain,
        Map<String, Quantity> capacity,
        KubeletConfiguration configuration,
        String idScheme,
        Optional<Path> manifests,
        boolean hollow) {

    private static final String VERSION = "v1.36.0";
    private static final int USUAL_PORT = 10250;

    public KubeletConfig {
        addresses = List.copyOf(addresses);
        labels = Map.copyOf(labels);
        taints = List.copyOf(taints);
        clusterDns = List.copyOf(clusterDns);
        capacity = Map.copyOf(capacity);
    }

    /// The machine that this process runs on, with the usual settings.
    public static KubeletConfig of(String nodeName, String address, Path root, Path logs, List<String> clusterDns) {
        return new KubeletConfig(
                nodeName,
                List.of(address),
                Map.of(),
                List.of(),
                VERSION,
                USUAL_PORT,
                root,
                logs,
                root.resolve("memory"),
                clusterDns,
                "cluster.local",
                Map.of(),
                KubeletConfiguration.ofLaptop(),
                "longshore",
                Optional.empty(),
                false);
    }

    /// A node that only pretends, of the given size.
    public static KubeletConfig hollow(String nodeName, String address, Path root, Map<String, Quantity> capacity) {
        return new KubeletConfig(
                nodeName,
                List.of(address),
                Map.of(),
                List.of(),
                VERSION,
                USUAL_PORT,
                root,
                root.resolve("logs"),
                root.resolve("memory"),
                List.of(),
                "cluster.local",
                capacity,
                // Nothing runs short on a machine that is none.
                KubeletConfiguration.usual().with("evictionHard", Json.object()),
                "longshore",
                Optional.empty(),
                true);
    }

    /// The same with container ids that begin with another scheme, as `containerd://`.
    public KubeletConfig withIdScheme(String other) {
        return new KubeletConfig(
                nodeName,
                addresses,
                labels,
                taints,
                version,
                apiPort,
                root,
                logs,
                memory,
                clusterDns,
                clusterDomain,
                capacity,
                configuration,
                other,
                manifests,
                hollow);
    }

    /// The same with other labels.
    public KubeletConfig withLabels(Map<String, String> other) {
        return new KubeletConfig(
                nodeName,
                addresses,
                other,
                taints,
                version,
                apiPort,
                root,
                logs,
                memory,
                clusterDns,
                clusterDomain,
                capacity,
                configuration,
                idScheme,
                manifests,
                hollow);
    }

    /// The same, registering with other taints.
    public KubeletConfig withTaints(List<Taint> other) {
        return new KubeletConfig(
                nodeName,
                addresses,
                labels,
                other,
                version,
                apiPort,
                root,
                logs,
                memory,
                clusterDns,
                clusterDomain,
                capacity,
                configuration,
                idScheme,
                manifests,
                hollow);
    }

    /// The same with another port for the HTTPS API.
    public KubeletConfig withApiPort(int other) {
        return new KubeletConfig(
                nodeName,
                addresses,
                labels,
                taints,
                version,
                other,
                root,
                logs,
                memory,
                clusterDns,
                clusterDomain,
                capacity,
                configuration,
                idScheme,
                manifests,
                hollow);
    }

    /// The same, configured otherwise.
    public KubeletConfig withConfiguration(KubeletConfiguration other) {
        return new KubeletConfig(
                nodeName,
                addresses,
                labels,
                taints,
                version,
                apiPort,
                root,
                logs,
                memory,
                clusterDns,
                clusterDomain,
                capacity,
                other,
                idScheme,
                manifests,
                hollow);
    }

    /// The same with room for another number of pods.
    public KubeletConfig withMaxPods(int other) {
        return withConfiguration(configuration.with("maxPods", other));
    }

    /// The same with another place for volumes in memory.
    public KubeletConfig withMemory(Path other) {
        return new KubeletConfig(
                nodeName,
                addresses,
                labels,
                taints,
                version,
                apiPort,
                root,
                logs,
                other,
                clusterDns,
                clusterDomain,
                capacity,
                configuration,
                idScheme,
                manifests,
                hollow);
    }

    /// The same with static pods out of a directory, which exists.
    public KubeletConfig withManifests(Path other) {
        return new KubeletConfig(
                nodeName,
                addresses,
                labels,
                taints,
                version,
                apiPort,
                root,
                logs,
                memory,
                clusterDns,
                clusterDomain,
                capacity,
                configuration,
                idScheme,
                Optional.of(other),
                hollow);
    }
}
