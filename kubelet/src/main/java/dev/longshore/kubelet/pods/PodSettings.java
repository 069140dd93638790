package dev.longshore.kubelet.pods;

import java.nio.file.Path;
import java.util.List;

/// What all pods of the node share.
///
/// @param root where the kubelet keeps pods' files
/// @param logs where container logs go, a directory per pod
/// @param hostAddresses the node's, the primary first
/// @param clusterDns name servers for pods that ask for the cluster's
/// @param clusterDomain as `cluster.local`
/// @param memoryCapacity of the node in bytes, against which the OOM score is reckoned
/// @param idScheme how container ids begin, as `longshore`
/// @param hollow true for a node that only pretends: no file is touched, no reference resolved
/// @param rules what the node's owner decided
public record PodSettings(
        String nodeName,
        Path root,
        Path logs,
        List<String> hostAddresses,
        List<String> clusterDns,
        String clusterDomain,
        long memoryCapacity,
        String idScheme,
        boolean hollow,
        PodRules rules) {

    public PodSettings {
        hostAddresses = List.copyOf(hostAddresses);
        clusterDns = List.copyOf(clusterDns);
    }

    /// With the usual rules.
    public PodSettings(
            String nodeName,
            Path root,
            Path logs,
            List<String> hostAddresses,
            List<String> clusterDns,
            String clusterDomain,
            long memoryCapacity,
            String idScheme,
            boolean hollow) {
        this(
                nodeName,
                root,
                logs,
                hostAddresses,
                clusterDns,
                clusterDomain,
                memoryCapacity,
                idScheme,
                hollow,
                PodRules.USUAL);
    }

    /// The same with other rules.
    public PodSettings with(PodRules others) {
        return new PodSettings(
                nodeName,
                root,
                logs,
                hostAddresses,
                clusterDns,
                clusterDomain,
                memoryCapacity,
                idScheme,
                hollow,
                others);
    }

    /// What pods may ask for beyond what is safe.
    public SecuritySettings security() {
        return rules.security();
    }

    /// How images are brought here.
    public PullSettings pulls() {
        return rules.pulls();
    }

    /// How requests and limits become cgroups.
    public ResourceSettings resources() {
        return rules.resources();
    }

    /// Where a pod's files are.
    public Path podDirectory(String uid) {
        return root.resolve("pods").resolve(uid);
    }

    /// The node's primary address.
    public String hostAddress() {
        return hostAddresses.isEmpty() ? "" : hostAddresses.getFirst();
    }
}
