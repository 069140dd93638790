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
/// @param security what pods may ask for beyond what is safe
/// @param pulls how images are brought here
/// @param resources how requests and limits become cgroups
/// @param hollow true for a node that only pretends: no file is touched, no reference resolved
public record PodSettings(
        String nodeName,
        Path root,
        Path logs,
        List<String> hostAddresses,
        List<String> clusterDns,
        String clusterDomain,
        long memoryCapacity,
        String idScheme,
        SecuritySettings security,
        PullSettings pulls,
        ResourceSettings resources,
        boolean hollow) {

    public PodSettings {
        hostAddresses = List.copyOf(hostAddresses);
        clusterDns = List.copyOf(clusterDns);
    }

    /// With images brought here, and resources kept to, as usual.
    public PodSettings(
            String nodeName,
            Path root,
            Path logs,
            List<String> hostAddresses,
            List<String> clusterDns,
            String clusterDomain,
            long memoryCapacity,
            String idScheme,
            SecuritySettings security,
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
                security,
                PullSettings.USUAL,
                ResourceSettings.USUAL,
                hollow);
    }

    /// With the usual rules about what pods may ask for.
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
                SecuritySettings.USUAL,
                hollow);
    }

    /// The same with other rules for resources.
    public PodSettings with(ResourceSettings others) {
        return new PodSettings(
                nodeName,
                root,
                logs,
                hostAddresses,
                clusterDns,
                clusterDomain,
                memoryCapacity,
                idScheme,
                security,
                pulls,
                others,
                hollow);
    }

    /// The same, but images are brought here as `others` say.
    public PodSettings withPulls(PullSettings others) {
        return new PodSettings(
                nodeName,
                root,
                logs,
                hostAddresses,
                clusterDns,
                clusterDomain,
                memoryCapacity,
                idScheme,
                security,
                others,
                resources,
                hollow);
    }

    /// The same with other rules about what pods may ask for.
    public PodSettings withSecurity(SecuritySettings others) {
        return new PodSettings(
                nodeName,
                root,
                logs,
                hostAddresses,
                clusterDns,
                clusterDomain,
                memoryCapacity,
                idScheme,
                others,
                pulls,
                resources,
                hollow);
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
