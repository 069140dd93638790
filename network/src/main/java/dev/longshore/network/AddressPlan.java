package dev.longshore.network;

import dev.longshore.network.view.Range;

/// Which addresses and ports a cluster uses.
///
/// @param pods addresses of pods, as `10.244.0.0/16`
/// @param services addresses of services
/// @param nodePorts `first-last`
public record AddressPlan(String pods, String services, String nodePorts) {

    /// Whether both cannot live on one host.
    boolean collidesWith(AddressPlan other) {
        return range(pods).overlaps(range(other.pods))
                || range(pods).overlaps(range(other.services))
                || range(services).overlaps(range(other.pods))
                || range(services).overlaps(range(other.services))
                || first(nodePorts) <= last(other.nodePorts) && first(other.nodePorts) <= last(nodePorts);
    }

    private static Range range(String text) {
        return Range.parse(text);
    }

    private static int first(String ports) {
        return Integer.parseInt(ports.substring(0, ports.indexOf('-')));
    }

    private static int last(String ports) {
        return Integer.parseInt(ports.substring(ports.indexOf('-') + 1));
    }
}
