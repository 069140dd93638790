package dev.longshore.store.etcd;

import dev.longshore.http.HttpDialer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Where an etcd cluster is, and how it is spoken to.
///
/// @param endpoints its members, of which any is asked
/// @param tls whom to believe and what to show; in plain text without
public record EtcdConfig(List<Endpoint> endpoints, Optional<HttpDialer.Tls> tls) {

    /// How addresses begin.
    public static final String SCHEME = "etcd://";

    private static final int LAST_PORT = 65_535;

    /// @throws IllegalArgumentException without a member
    public EtcdConfig {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("no member of etcd is named");
        }
    }

    /// One member.
    public record Endpoint(String host, int port) {

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /// The members that `address` names.
    ///
    /// @param address `etcd://HOST:PORT,HOST:PORT…`
    /// @throws IllegalArgumentException when it is no such address
    public static List<Endpoint> endpoints(String address) {
        if (!address.startsWith(SCHEME)) {
            throw new IllegalArgumentException("\"" + address + "\" does not begin with " + SCHEME);
        }
        return Arrays.stream(address.substring(SCHEME.length()).split(",", -1))
                .map(EtcdConfig::endpoint)
                .toList();
    }

    private static Endpoint endpoint(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon).replaceAll("^\\[|]$", "");
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (!host.isEmpty() && !host.contains("/") && port > 0 && port <= LAST_PORT) {
                return new Endpoint(host, port);
            }
        } catch (NumberFormatException _) {
            // As below.
        }
        throw new IllegalArgumentException("\"" + text + "\" is no member of etcd: write HOST:PORT");
    }
}
