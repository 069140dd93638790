package dev.longshore.kinds.kit;

import dev.longshore.model.IpText;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// Checks addresses in fields that are older than the rule of one spelling, and says which spellings of them will
/// be refused one day.
public final class IpChecks {

    private IpChecks() {}

    /// Must be an IPv4 or IPv6 address; true if it is.
    public static boolean address(Checks checks, String path, String text) {
        int before = checks.count();
        checks.legacyAddress(path, text);
        return checks.count() == before;
    }

    /// Must be an address that can be somebody's: neither unspecified, nor of this host or link only.
    public static void ordinary(Checks checks, String path, String text) {
        var parsed = Addresses.parse(text);
        if (parsed.isEmpty()) {
            checks.invalid(path, text, "must be a valid IP address");
            return;
        }
        InetAddress address = parsed.get();
        if (address.isAnyLocalAddress()) {
            checks.invalid(path, text, "may not be unspecified (" + text + ")");
        }
        if (address.isLoopbackAddress()) {
            checks.invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
        }
        if (address.isLinkLocalAddress()) {
            checks.invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
        }
        if (address.isMCLinkLocal()) {
            checks.invalid(path, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
        }
    }

    /// True if `addresses` or blocks are of two families: one IPv4, one IPv6 at least.
    public static boolean isDualStack(List<String> addresses) {
        var families = new HashSet<Boolean>();
        addresses.forEach(address -> families.add(address.contains(":")));
        return families.size() == 2;
    }

    /// What to say of an address that is not spelled as RFC 5952 wants it.
    public static List<String> warnings(String path, String text) {
        var warnings = new ArrayList<String>();
        if (text.contains(":")) {
            IpText.parse(text)
                    .map(IpText::print)
                    .filter(good -> !good.equals(text))
                    .ifPresent(good -> warnings.add(path + ": IPv6 address \"" + text
                            + "\" should be in RFC 5952 canonical format (\"" + good + "\")"));
        }
        return warnings;
    }
}
