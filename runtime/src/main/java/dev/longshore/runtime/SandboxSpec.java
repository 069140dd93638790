package dev.longshore.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a sandbox shall be.
///
/// @param podUid the pod's uid; with `attempt` the sandbox's key
/// @param hostname what the uts namespace says; ignored with the host's network
/// @param cgroupParent under the cluster's own parent, as `kubepods/burstable/podUID`
/// @param sharePid whether the containers share one pid namespace
/// @param logDirectory where container logs go, as `/var/log/pods/NAMESPACE_NAME_UID`
/// @param sysctls to set in its namespaces
/// @param users what its user namespace maps; empty for the host's
/// @param runtimeHandler which of the node's runtimes runs its containers; empty for the usual one
public record SandboxSpec(
        String podName,
        String podNamespace,
        String podUid,
        int attempt,
        String hostname,
        Map<String, String> labels,
        Map<String, String> annotations,
        Path logDirectory,
        DnsConfig dns,
        List<PortMapping> portMappings,
        String cgroupParent,
        ContainerResources resources,
        boolean hostNetwork,
        boolean hostPid,
        boolean hostIpc,
        boolean sharePid,
        Map<String, String> sysctls,
        Optional<IdRange> users,
        String runtimeHandler) {

    public SandboxSpec {
        // A sandbox that an earlier version made has no word on it.
        users = users == null ? Optional.empty() : users;
        runtimeHandler = runtimeHandler == null ? "" : runtimeHandler;
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        portMappings = List.copyOf(portMappings);
        sysctls = Map.copyOf(sysctls);
    }

    /// With the host's users.
    public SandboxSpec(
            String podName,
            String podNamespace,
            String podUid,
            int attempt,
            String hostname,
            Map<String, String> labels,
            Map<String, String> annotations,
            Path logDirectory,
            DnsConfig dns,
            List<PortMapping> portMappings,
            String cgroupParent,
            ContainerResources resources,
            boolean hostNetwork,
            boolean hostPid,
            boolean hostIpc,
            boolean sharePid,
            Map<String, String> sysctls) {
        this(
                podName,
                podNamespace,
                podUid,
                attempt,
                hostname,
                labels,
                annotations,
                logDirectory,
                dns,
                portMappings,
                cgroupParent,
                resources,
                hostNetwork,
                hostPid,
                hostIpc,
                sharePid,
                sysctls,
                Optional.empty(),
                "");
    }

    /// The same with other annotations.
    public SandboxSpec withAnnotations(Map<String, String> others) {
        return new SandboxSpec(
                podName,
                podNamespace,
                podUid,
                attempt,
                hostname,
                labels,
                others,
                logDirectory,
                dns,
                portMappings,
                cgroupParent,
                resources,
                hostNetwork,
                hostPid,
                hostIpc,
                sharePid,
                sysctls,
                users,
                runtimeHandler);
    }

    /// The same with a user namespace of its own.
    public SandboxSpec withUsers(Optional<IdRange> range) {
        return new SandboxSpec(
                podName,
                podNamespace,
                podUid,
                attempt,
                hostname,
                labels,
                annotations,
                logDirectory,
                dns,
                portMappings,
                cgroupParent,
                resources,
                hostNetwork,
                hostPid,
                hostIpc,
                sharePid,
                sysctls,
                range,
                runtimeHandler);
    }

    /// The same, but its containers run by another of the node's runtimes.
    public SandboxSpec withRuntimeHandler(String handler) {
        return new SandboxSpec(
                podName,
                podNamespace,
                podUid,
                attempt,
                hostname,
                labels,
                annotations,
                logDirectory,
                dns,
                portMappings,
                cgroupParent,
                resources,
                hostNetwork,
                hostPid,
                hostIpc,
                sharePid,
                sysctls,
                users,
                handler);
    }

    /// What `/etc/resolv.conf` says.
    public record DnsConfig(List<String> servers, List<String> searches, List<String> options) {
        public DnsConfig {
            servers = List.copyOf(servers);
            searches = List.copyOf(searches);
            options = List.copyOf(options);
        }
    }

    /// A port of the host that leads to a port of the sandbox.
    ///
    /// @param protocol `tcp`, `udp` or `sctp`
    public record PortMapping(int hostPort, int containerPort, String protocol, Optional<String> hostIp) {}
}
