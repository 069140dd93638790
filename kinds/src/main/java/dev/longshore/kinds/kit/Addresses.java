package dev.longshore.kinds.kit;

import dev.longshore.model.IpText;
import dev.longshore.model.Resource;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// IP addresses as text; never asks a name server.
public final class Addresses {

    private static final Pattern V4 =
            Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)\\.){3}(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)");
    private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private Addresses() {}

    /// Where load balancers can be reached, each address once, in the order of the alphabet.
    public static List<String> ofBalancer(Resource object) {
        return Trees.list(object.tree(), "status", "loadBalancer", "ingress").stream()
                .map(one -> Trees.text(one, "ip").isEmpty() ? Trees.text(one, "hostname") : Trees.text(one, "ip"))
                .filter(address -> !address.isEmpty())
                .distinct()
                .sorted()
                .toList();
    }

    /// True if `text` is an IPv4 or IPv6 address.
    public static boolean isAddress(String text) {
        return parse(text).isPresent();
    }

    /// True if `text` is an IPv6 address.
    public static boolean isV6(String text) {
        return V6.matcher(text).matches() && isAddress(text);
    }

    /// True if `text` is an address block, as `10.0.0.0/8`.
    public static boolean isBlock(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("\\d{1,3}")) {
            return false;
        }
        int bits = Integer.parseInt(text.substring(slash + 1));
        return parse(text.substring(0, slash))
                .filter(address -> bits <= address.getAddress().length * 8)
                .isPresent();
    }

    /// The address that `text` spells.
    public static Optional<InetAddress> parse(String text) {
        if (!V4.matcher(text).matches() && !V6.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text));
        } catch (UnknownHostException notAnAddress) {
            return Optional.empty();
        }
    }

    /// An address block to allocate from.
    ///
    /// @param size how many addresses there are, counting the network's own
    public record Block(BigInteger first, long size, int bytes) {

        private static final int MAX_HOST_BITS = 20;

        /// The block that `text` spells; of large ones the first million addresses.
        public static Block parse(String text) {
            int slash = text.indexOf('/');
            byte[] address = Addresses.parse(text.substring(0, slash))
                    .orElseThrow(() -> new IllegalArgumentException("no address block: " + text))
                    .getAddress();
            int hostBits = address.length * 8 - Integer.parseInt(text.substring(slash + 1));
            BigInteger first = new BigInteger(1, address).shiftRight(hostBits).shiftLeft(hostBits);
            return new Block(first, 1L << Math.min(hostBits, MAX_HOST_BITS), address.length);
        }

        /// The address at `offset`.
        public String at(long offset) {
            byte[] number = first.add(BigInteger.valueOf(offset)).toByteArray();
            byte[] address = new byte[bytes];
            int length = Math.min(number.length, bytes);
            System.arraycopy(number, number.length - length, address, bytes - length, length);
            return IpText.print(address);
        }

        /// The offset of `address`, if it is inside.
        public Optional<Long> offset(String address) {
            return Addresses.parse(address)
                    .filter(parsed -> parsed.getAddress().length == bytes)
                    .map(parsed -> new BigInteger(1, parsed.getAddress()).subtract(first))
                    .filter(offset -> offset.signum() >= 0 && offset.bitLength() < Long.SIZE)
                    .map(BigInteger::longValue)
                    .filter(offset -> offset < size);
        }
    }
}
