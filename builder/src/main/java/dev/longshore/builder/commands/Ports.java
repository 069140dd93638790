package dev.longshore.builder.commands;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// What EXPOSE takes: `80`, `80/udp`, `8000-8010/tcp`, and, for old times' sake, `[address:][hostPort:]port`.
public final class Ports {

    private static final Pattern RANGE = Pattern.compile("([0-9]{1,9})(?:-([0-9]{1,9}))?");
    private static final Pattern IPV4 =
            Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");
    private static final Set<String> PROTOCOLS = Set.of("tcp", "udp", "sctp");
    private static final int LARGEST = 65_535;

    private Ports() {}

    private record Range(int first, int last) {}

    /// Each port that `text`, expanded, means, as `80/tcp`.
    ///
    /// @throws IllegalArgumentException with the reason, when it means none
    public static List<String> of(String text) {
        int colon = text.lastIndexOf(':');
        String own = text.substring(colon + 1);
        int slash = own.indexOf('/');
        String port = slash < 0 ? own : own.substring(0, slash);
        if (port.isEmpty()) {
            throw new IllegalArgumentException("no port specified: " + own + "<empty>");
        }
        String named = slash < 0 ? "" : own.substring(slash + 1).toLowerCase(Locale.ROOT);
        String protocol = named.isEmpty() ? "tcp" : named;
        if (!PROTOCOLS.contains(protocol)) {
            throw new IllegalArgumentException("invalid proto: " + named);
        }
        String host = colon < 0 ? "" : text.substring(0, colon);
        int hostColon = host.lastIndexOf(':');
        checkAddress(hostColon < 0 ? "" : host.substring(0, hostColon));
        Range range = range(port, "containerPort");
        checkHostPort(host.substring(hostColon + 1), port, range);
        return IntStream.rangeClosed(range.first(), range.last())
                .mapToObj(number -> number + "/" + protocol)
                .toList();
    }

    private static void checkAddress(String address) {
        String bare =
                address.startsWith("[") && address.endsWith("]") ? address.substring(1, address.length() - 1) : address;
        boolean isAddress = bare.isEmpty()
                || IPV4.matcher(bare).matches()
                || IPV6.matcher(bare).matches();
        if (!isAddress) {
            throw new IllegalArgumentException("invalid IP address: " + address);
        }
    }

    private static void checkHostPort(String hostPort, String port, Range range) {
        if (hostPort.isEmpty()) {
            return;
        }
        Range host = range(hostPort, "hostPort");
        boolean isSameLength = host.last() - host.first() == range.last() - range.first();
        if (!isSameLength && range.last() != range.first()) {
            throw new IllegalArgumentException(
                    "invalid ranges specified for container and host Ports: " + port + " and " + hostPort);
        }
    }

    private static Range range(String text, String what) {
        Matcher parts = RANGE.matcher(text);
        if (parts.matches()) {
            int first = Integer.parseInt(parts.group(1));
            int last = parts.group(2) == null ? first : Integer.parseInt(parts.group(2));
            if (first <= last && last <= LARGEST) {
                return new Range(first, last);
            }
        }
        throw new IllegalArgumentException("invalid " + what + ": " + text);
    }
}
