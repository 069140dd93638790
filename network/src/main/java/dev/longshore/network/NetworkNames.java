package dev.longshore.network;

import dev.longshore.base.ClusterId;

/// What the cluster's things on the host are called: all that is needed to find and remove them.
final class NetworkNames {

    private NetworkNames() {}

    /// The nftables table.
    static String table(ClusterId cluster) {
        return "longshore-" + cluster;
    }

    /// The bridge of the node's pods.
    static String bridge(ClusterId cluster) {
        return "ls-" + cluster;
    }
}
