package dev.longshore.server.config;

import java.net.InetSocketAddress;
import java.util.Optional;

/// How the store behaves as etcd.
///
/// @param listen where it is served to clients of etcd; nowhere without
public record EtcdOptions(Optional<InetSocketAddress> listen) {

    private static final int LAST_PORT = 65_535;

    /// As without flags.
    public static final EtcdOptions DEFAULT = new EtcdOptions(Optional.empty());

    /// `HOST:PORT`, `[IPv6]:PORT`, or `:PORT` for all of the host's addresses.
    ///
    /// @throws IllegalArgumentException when it is nothing of the kind, or the host has no address
    public static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        int port = port(text.substring(colon + 1));
        boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        if (colon < 0 || port < 1 || port > LAST_PORT || !isBracketed && host.contains(":")) {
            throw new IllegalArgumentException("\"" + text + "\" is no address: write 127.0.0.1:2379");
        }
        if (host.isEmpty()) {
            return new InetSocketAddress(port);
        }
        var address = new InetSocketAddress(isBracketed ? host.substring(1, host.length() - 1) : host, port);
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("there is no address of a host called " + host);
        }
        return address;
    }

    private static int port(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException wrong) {
            return -1;
        }
    }
}
