package dev.longshore.model;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// IP addresses in the one spelling that everybody reads alike: no leading zeros in IPv4, RFC 5952 for IPv6, no
/// IPv4 in IPv6's clothes. Never asks a name server.
public final class IpText {

    /// What is said of a text that is no address at all.
    public static final String NOT_AN_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

    private static final String NOT_A_BLOCK = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
    private static final Pattern BITS = Pattern.compile("\\d{1,3}");
    private static final Pattern V4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final int GROUPS = 8;

    private IpText() {}

    /// What is wrong with `text` as an address, in kube-apiserver's words; empty if nothing.
    public static List<String> faults(String text) {
        Optional<byte[]> bytes = parse(text);
        if (bytes.isEmpty()) {
            return List.of(NOT_AN_ADDRESS);
        }
        boolean isV4 = bytes.get().length == 4;
        if (isV4 && text.indexOf(':') >= 0) {
            return List.of("must not be an IPv4-mapped IPv6 address");
        }
        String canonical = print(bytes.get());
        if (canonical.equals(text)) {
            return List.of();
        }
        return List.of(isV4 ? "must not have leading 0s" : "must be in canonical form (\"" + canonical + "\")");
    }

    /// What is wrong with `text` as a block of addresses, as `10.0.0.0/8`; empty if nothing.
    public static List<String> blockFaults(String text) {
        Optional<Block> parsed = Block.parse(text);
        if (parsed.isEmpty()) {
            return List.of(NOT_A_BLOCK);
        }
        Block block = parsed.get();
        String address = text.substring(0, text.indexOf('/'));
        boolean isMapped = block.address.length == 4 && address.indexOf(':') >= 0;
        if (isMapped) {
            return List.of("must not have an IPv4-mapped IPv6 address");
        }
        boolean hasZeros =
                !text.endsWith("/" + block.bits) || block.address.length == 4 && !address.equals(print(block.address));
        if (hasZeros) {
            return List.of("must not have leading 0s in IP or prefix length");
        }
        if (!Arrays.equals(block.address, block.network())) {
            return List.of("must not have bits set beyond the prefix length");
        }
        String canonical = block.toString();
        return canonical.equals(text) ? List.of() : List.of("must be in canonical form (\"" + canonical + "\")");
    }

    /// What is wrong with `text` as an address and how much of it is its network's, as `10.0.0.1/8`.
    public static List<String> interfaceFaults(String text) {
        Optional<Block> parsed = Block.parse(text);
        if (parsed.isEmpty()) {
            return List.of("must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)");
        }
        String canonical = print(parsed.get().address) + "/" + parsed.get().bits;
        return canonical.equals(text) ? List.of() : List.of("must be in canonical form (\"" + canonical + "\")");
    }

    /// An address, and how many of its first bits are its network's.
    public record Block(byte[] address, int bits) {

        public Block {
            address = address.clone();
        }

        @Override
        public byte[] address() {
            return address.clone();
        }

        /// The block that `text` spells, leading zeros allowed.
        public static Optional<Block> parse(String text) {
            int slash = text.indexOf('/');
            if (slash < 0 || !BITS.matcher(text.substring(slash + 1)).matches()) {
                return Optional.empty();
            }
            String address = text.substring(0, slash);
            int bits = Integer.parseInt(text.substring(slash + 1));
            return IpText.parse(address).flatMap(bytes -> {
                int mapped = bytes.length == 4 && address.indexOf(':') >= 0 ? bits - 96 : bits;
                return mapped < 0 || mapped > bytes.length * 8
                        ? Optional.empty()
                        : Optional.of(new Block(bytes, mapped));
            });
        }

        /// The first address.
        public byte[] network() {
            byte[] first = address.clone();
            for (int bit = bits; bit < first.length * 8; bit++) {
                first[bit / 8] &= (byte) ~(128 >> bit % 8);
            }
            return first;
        }

        /// True if `other` is a part of this, and not all of it.
        public boolean strictlyContains(Block other) {
            return address.length == other.address.length
                    && bits < other.bits
                    && Arrays.equals(network(), new Block(other.address, bits).network());
        }

        @Override
        public String toString() {
            return print(network()) + "/" + bits;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Block(byte[] bytes, int count) && count == bits && Arrays.equals(bytes, address);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(address) + bits;
        }
    }

    /// The bytes of the address that `text` spells, leading zeros allowed: 4, also of a mapped one, or 16.
    public static Optional<byte[]> parse(String text) {
        if (V4.matcher(text).matches()) {
            return v4(text);
        }
        if (!V6.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text).getAddress());
        } catch (UnknownHostException notAnAddress) {
            return Optional.empty();
        }
    }

    private static Optional<byte[]> v4(String text) {
        byte[] bytes = new byte[4];
        String[] parts = text.split("\\.");
        for (int i = 0; i < bytes.length; i++) {
            int part = Integer.parseInt(parts[i]);
            if (part > 255) {
                return Optional.empty();
            }
            bytes[i] = (byte) part;
        }
        return Optional.of(bytes);
    }

    /// The canonical spelling of an address of 4 or 16 bytes.
    public static String print(byte[] address) {
        if (address.length == 4) {
            return (address[0] & 255) + "." + (address[1] & 255) + "." + (address[2] & 255) + "." + (address[3] & 255);
        }
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = (address[2 * i] & 255) << 8 | address[2 * i + 1] & 255;
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < GROUPS; i++) {
            int run = 0;
            while (i + run < GROUPS && groups[i + run] == 0) {
                run++;
            }
            if (run > length) {
                start = i;
                length = run;
            }
        }
        var text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
