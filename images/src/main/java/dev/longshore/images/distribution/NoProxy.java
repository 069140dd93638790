package dev.longshore.images.distribution;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where no proxy is used: this machine itself, and what a list such as `internal.example,.corp,10.0.0.0/8,host:5000`
/// names.
record NoProxy(List<Entry> entries) {

    private static final Pattern NUMERIC = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[?[0-9a-f:]*:[0-9a-f:.]*]?");

    NoProxy {
        entries = List.copyOf(entries);
    }

    /// @param name a host, a suffix that begins with a dot, `*`, or an address
    /// @param bits how much of the address counts, or -1
    /// @param port -1 for all
    record Entry(String name, int bits, int port) {

        boolean fits(String host, int asked) {
            if (port >= 0 && port != asked) {
                return false;
            }
            if (bits >= 0) {
                Optional<byte[]> network = address(name);
                Optional<byte[]> own = address(host);
                return network.isPresent() && own.isPresent() && isWithin(own.get(), network.get(), bits);
            }
            if (name.startsWith(".")) {
                return host.endsWith(name);
            }
            return name.equals("*") || host.equals(name) || host.endsWith("." + name);
        }
    }

    static NoProxy of(String list) {
        var entries = new ArrayList<Entry>();
        for (String part : list.toLowerCase(Locale.ROOT).split(",", -1)) {
            String text = part.strip();
            if (!text.isEmpty()) {
                entries.add(entry(text));
            }
        }
        return new NoProxy(entries);
    }

    boolean isFor(String host, int port) {
        String plain = host.toLowerCase(Locale.ROOT).replaceAll("^\\[|]$", "");
        boolean isThisMachine = plain.equals("localhost")
                || address(plain).map(NoProxy::isLoopback).orElse(false);
        return isThisMachine || entries.stream().anyMatch(entry -> entry.fits(plain, port));
    }

    private static Entry entry(String text) {
        int slash = text.indexOf('/');
        if (slash > 0 && text.substring(slash + 1).matches("[0-9]{1,3}")) {
            return new Entry(text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)), -1);
        }
        int colon = text.lastIndexOf(':');
        boolean hasPort = colon > 0
                && text.substring(colon + 1).matches("[0-9]{1,5}")
                && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']');
        String name = (hasPort ? text.substring(0, colon) : text).replaceAll("^\\[|]$", "");
        return new Entry(
                name.startsWith("*.") ? name.substring(1) : name,
                -1,
                hasPort ? Integer.parseInt(text.substring(colon + 1)) : -1);
    }

    /// Of a literal only: no name is looked up for this.
    private static Optional<byte[]> address(String literal) {
        if (!NUMERIC.matcher(literal).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(literal).getAddress());
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    private static boolean isLoopback(byte[] address) {
        return address.length == 4 ? address[0] == 127 : new BigInteger(address).equals(BigInteger.ONE);
    }

    private static boolean isWithin(byte[] address, byte[] network, int bits) {
        if (address.length != network.length || bits > Byte.SIZE * address.length) {
            return false;
        }
        int rest = Byte.SIZE * address.length - bits;
        return new BigInteger(1, address).shiftRight(rest).equals(new BigInteger(1, network).shiftRight(rest));
    }
}
