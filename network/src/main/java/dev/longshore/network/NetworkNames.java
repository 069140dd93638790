package dev.longshore.network;

import dev.longshore.base.ClusterId;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/// What the cluster's things on the host are called: all that is needed to find and remove them.
final class NetworkNames {

    /// Behind every metric that others use.
    private static final long FIRST_METRIC = 2_000_000_000L;
    private static final long TUNNEL_NUMBERS = 1 << 24;

    private NetworkNames() {}

    /// The nftables table.
    static String table(ClusterId cluster) {
        return "longshore-" + cluster;
    }

    /// The bridge of the node's pods.
    static String bridge(ClusterId cluster) {
        return "ls-" + cluster;
    }

    /// The tunnel to nodes that are not on the same link.
    static String tunnel(ClusterId cluster) {
        return "lsx-" + cluster;
    }

    /// The tunnel's network identifier, the same on all nodes.
    static long tunnelNumber(ClusterId cluster) {
        return sum(cluster.value()) % TUNNEL_NUMBERS;
    }

    /// The metric of the cluster's routes, which have no names.
    static long metric(ClusterId cluster) {
        return FIRST_METRIC + sum(cluster.value()) % FIRST_METRIC;
    }

    /// A number that a text always has.
    static long sum(String text) {
        var sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return sum.getValue();
    }
}
