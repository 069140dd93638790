package dev.longshore.network;

import dev.longshore.base.ClusterId;
import dev.longshore.network.view.Range;
import java.nio.file.Path;

/// What a node's network is told at its start.
///
/// @param nodeName as in the Node object
/// @param nodeAddress this host's own address: what pods with the host's network get
/// @param podRange the addresses of all pods of the cluster
/// @param serviceRange the addresses of all services
/// @param dnsAddress the service address at which pods ask for names
/// @param domain the cluster's, as `cluster.local`
/// @param directory where the node keeps its state: `network/` and `dns/` are made there
/// @param runDirectory what all clusters of this host share, on a file system that a reboot empties:
/// `/run/longshore`
/// @param cniPlugins where the CNI plugins are
/// @param resolvConf which file lists the host's own name servers
/// @param java how to start the name server
public record NodeNetworkSettings(
        ClusterId cluster,
        String nodeName,
        String nodeAddress,
        String podRange,
        String serviceRange,
        String dnsAddress,
        String domain,
        Path directory,
        Path runDirectory,
        Path cniPlugins,
        Path resolvConf,
        JavaProgram java) {

    public NodeNetworkSettings {
        if (Range.parse(podRange).overlaps(Range.parse(serviceRange))) {
            throw new IllegalArgumentException("pods and services overlap: " + podRange + ", " + serviceRange);
        }
    }
}
