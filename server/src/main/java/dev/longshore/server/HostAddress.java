package dev.longshore.server;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// By which name and address this machine takes part in the cluster.
record HostAddress(String name, String address) {

    private static final List<String> MADE_BY_SOFTWARE = List.of("lo", "ls-", "docker", "br-", "veth", "cni", "virbr");

    /// Reads them off the machine: its host name, and the first IPv4 address of its first real interface.
    static HostAddress find() {
        return new HostAddress(hostName(), firstAddress().orElse("127.0.0.1"));
    }

    /// The same machine under another name, if there is one.
    HostAddress called(Optional<String> other) {
        return other.map(given -> new HostAddress(given, address)).orElse(this);
    }

    private static String hostName() {
        String name = System.getenv("HOSTNAME");
        try {
            name = java.nio.file.Files.readString(java.nio.file.Path.of("/proc/sys/kernel/hostname"))
                    .strip();
        } catch (java.io.IOException unreadable) {
            name = name == null ? "localhost" : name;
        }
        String usable =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]", "-").replaceAll("^[^a-z0-9]+|[^a-z0-9]+$", "");
        return usable.isEmpty() ? "localhost" : usable;
    }

    private static Optional<String> firstAddress() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(HostAddress::isReal)
                    .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
                    .flatMap(HostAddress::addresses)
                    .findFirst();
        } catch (SocketException none) {
            return Optional.empty();
        }
    }

    private static boolean isReal(NetworkInterface candidate) {
        try {
            return candidate.isUp()
                    && !candidate.isLoopback()
                    && MADE_BY_SOFTWARE.stream().noneMatch(candidate.getName()::startsWith);
        } catch (SocketException gone) {
            return false;
        }
    }

    private static Stream<String> addresses(NetworkInterface candidate) {
        return candidate
                .inetAddresses()
                .filter(Inet4Address.class::isInstance)
                .filter(address -> !address.isLinkLocalAddress())
                .map(InetAddress::getHostAddress);
    }
}
