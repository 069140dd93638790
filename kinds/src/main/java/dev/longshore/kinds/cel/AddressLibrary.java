package dev.longshore.kinds.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.longshore.model.IpText;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// IP addresses, and ranges of them.
final class AddressLibrary {

    private static final CelType TEXT = SimpleType.STRING;
    private static final CelType BOOL = SimpleType.BOOL;
    private static final CelType IP = CelFunction.IP;
    private static final CelType CIDR = CelFunction.CIDR;
    private static final int IPV4_BYTES = 4;

    private AddressLibrary() {}

    /// An address.
    record Address(List<Byte> bytes) {
        static Address of(byte[] bytes) {
            var list = new java.util.ArrayList<Byte>();
            for (byte each : bytes) {
                list.add(each);
            }
            return new Address(List.copyOf(list));
        }

        byte[] array() {
            byte[] array = new byte[bytes.size()];
            for (int i = 0; i < array.length; i++) {
                array[i] = bytes.get(i);
            }
            return array;
        }

        InetAddress inet() {
            try {
                return InetAddress.getByAddress(array());
            } catch (UnknownHostException impossible) {
                throw new IllegalStateException(bytes.toString(), impossible);
            }
        }

        long family() {
            return bytes.size() == IPV4_BYTES ? 4 : 6;
        }

        boolean isGlobalUnicast() {
            InetAddress inet = inet();
            boolean isBroadcast = family() == 4 && bytes.stream().allMatch(each -> each == -1);
            return !isBroadcast
                    && !inet.isAnyLocalAddress()
                    && !inet.isLoopbackAddress()
                    && !inet.isMulticastAddress()
                    && !inet.isLinkLocalAddress();
        }

        @Override
        public String toString() {
            return IpText.print(array());
        }
    }

    /// An address and how many of its bits name the range.
    record Range(Address address, int bits) {
        Address masked() {
            byte[] network = address.array();
            for (int bit = bits; bit < network.length * 8; bit++) {
                network[bit / 8] &= (byte) ~(0x80 >> bit % 8);
            }
            return Address.of(network);
        }

        boolean contains(Address other) {
            return other.bytes.size() == address.bytes.size()
                    && new Range(other, bits).masked().equals(masked());
        }

        boolean contains(Range other) {
            return other.bits >= bits && contains(other.address);
        }

        @Override
        public String toString() {
            return address + "/" + bits;
        }
    }

    static List<CelFunction> all() {
        return List.of(
                CelFunction.global("ip", IP, List.of(TEXT), given -> address(text(given, 0))),
                CelFunction.global(
                        "isIP",
                        BOOL,
                        List.of(TEXT),
                        given -> find(text(given, 0)).isPresent()),
                CelFunction.global(
                        "ip.isCanonical",
                        BOOL,
                        List.of(TEXT),
                        given -> address(text(given, 0)).toString().equals(text(given, 0))),
                ofAddress("family", SimpleType.INT, Address::family),
                is("isUnspecified", address -> address.inet().isAnyLocalAddress()),
                is("isLoopback", address -> address.inet().isLoopbackAddress()),
                is("isLinkLocalMulticast", address -> isLinkLocalMulticast(address)),
                is("isLinkLocalUnicast", address -> address.inet().isLinkLocalAddress()),
                is("isGlobalUnicast", Address::isGlobalUnicast),
                CelFunction.global(
                        "string", TEXT, List.of(IP), given -> given.getFirst().toString()),
                CelFunction.global("cidr", CIDR, List.of(TEXT), given -> range(text(given, 0))),
                CelFunction.global(
                        "isCIDR",
                        BOOL,
                        List.of(TEXT),
                        given -> findRange(text(given, 0)).isPresent()),
                CelFunction.member(
                        "containsIP",
                        BOOL,
                        List.of(CIDR, TEXT),
                        given -> range(given).contains(address(text(given, 1)))),
                CelFunction.member(
                        "containsIP",
                        BOOL,
                        List.of(CIDR, IP),
                        given -> range(given).contains((Address) given.get(1))),
                CelFunction.member(
                        "containsCIDR",
                        BOOL,
                        List.of(CIDR, TEXT),
                        given -> range(given).contains(range(text(given, 1)))),
                CelFunction.member(
                        "containsCIDR",
                        BOOL,
                        List.of(CIDR, CIDR),
                        given -> range(given).contains((Range) given.get(1))),
                CelFunction.member(
                        "ip", IP, List.of(CIDR), given -> range(given).address()),
                CelFunction.member(
                        "masked",
                        CIDR,
                        List.of(CIDR),
                        given -> new Range(range(given).masked(), range(given).bits())),
                CelFunction.member("prefixLength", SimpleType.INT, List.of(CIDR), given ->
                        (long) range(given).bits()),
                CelFunction.global(
                        "string", TEXT, List.of(CIDR), given -> given.getFirst().toString()));
    }

    private static CelFunction is(String name, Predicate<Address> body) {
        return ofAddress(name, BOOL, body::test);
    }

    private static CelFunction ofAddress(String name, CelType result, Function<Address, Object> body) {
        return CelFunction.member(name, result, List.of(IP), given -> body.apply((Address) given.getFirst()));
    }

    private static boolean isLinkLocalMulticast(Address address) {
        byte[] bytes = address.array();
        return address.family() == 4
                ? bytes[0] == (byte) 224 && bytes[1] == 0 && bytes[2] == 0
                : bytes[0] == (byte) 0xff && (bytes[1] & 0x0f) == 2;
    }

    private static String text(List<Object> given, int index) {
        return (String) given.get(index);
    }

    private static Range range(List<Object> given) {
        return (Range) given.getFirst();
    }

    /// IPv4 within IPv6 and zones are none.
    private static Optional<Address> find(String text) {
        boolean isMapped = text.toLowerCase(java.util.Locale.ROOT).startsWith("::ffff:") && text.contains(".");
        return isMapped || text.contains("%")
                ? Optional.empty()
                : IpText.parse(text).map(Address::of);
    }

    private static Address address(String text) {
        return find(text)
                .orElseThrow(() -> new IllegalArgumentException("IP Address \"" + text
                        + "\" parse error during conversion from string: ParseAddr(\"" + text
                        + "\"): unable to parse IP"));
    }

    private static Optional<Range> findRange(String text) {
        int slash = text.lastIndexOf('/');
        Optional<Address> address = slash < 0 ? Optional.empty() : find(text.substring(0, slash));
        String bits = slash < 0 ? "" : text.substring(slash + 1);
        boolean isNumber = bits.matches("0|[1-9][0-9]{0,2}");
        return address.filter(found -> isNumber && Integer.parseInt(bits) <= found.bytes.size() * 8)
                .map(found -> new Range(found, Integer.parseInt(bits)));
    }

    private static Range range(String text) {
        return findRange(text)
                .orElseThrow(() -> new IllegalArgumentException("network address parse error during conversion from"
                        + " string: netip.ParsePrefix(\"" + text + "\"): " + (text.contains("/") ? "bad" : "no '/'")));
    }
}
