package dev.longshore.server.config;

import dev.longshore.base.GoDurations;
import dev.longshore.store.Quota;
import dev.longshore.store.Retention;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/// How the store behaves as etcd.
///
/// @param listen where it is served to clients of etcd; nowhere without
/// @param quota how much it may take on its disk
/// @param retention how much of its history it keeps, whatever else compacts it
public record EtcdOptions(Optional<InetSocketAddress> listen, Quota quota, Retention retention) {

    private static final int LAST_PORT = 65_535;

    /// As without flags.
    public static final EtcdOptions DEFAULT = new EtcdOptions(Optional.empty(), Quota.USUAL, new Retention.All());

    /// As etcd reads `--auto-compaction-mode` and `--auto-compaction-retention`: by `periodic` a duration or a number
    /// of hours, by `revision` a number of revisions; 0 keeps everything.
    ///
    /// @throws IllegalArgumentException when it is nothing of the kind
    public static Retention retention(String mode, String retention) {
        boolean isNumber = retention.matches("[0-9]{1,18}");
        if (isNumber && Long.parseLong(retention) == 0) {
            return new Retention.All();
        }
        switch (mode) {
            case "periodic" -> {
                Duration age = isNumber ? hours(Long.parseLong(retention)) : GoDurations.parse(retention);
                return age.isZero() ? new Retention.All() : new Retention.Age(age);
            }
            case "revision" -> {
                if (!isNumber) {
                    throw new IllegalArgumentException("\"" + retention + "\" is no number of revisions");
                }
                return new Retention.Last(Long.parseLong(retention));
            }
            default ->
                throw new IllegalArgumentException("\"" + mode + "\" is no mode: there are periodic and revision");
        }
    }

    private static Duration hours(long count) {
        try {
            return Duration.ofHours(count);
        } catch (ArithmeticException tooLong) {
            throw new IllegalArgumentException("a history of " + count + " hours", tooLong);
        }
    }

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
