package dev.longshore.kinds.networking;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.model.IpText;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/// Where traffic may be sent: not to the node that sends it, and to nobody in particular.
final class EndpointAddress {

    private EndpointAddress() {}

    static void check(Checks checks, String path, String text) {
        Optional<byte[]> bytes = IpText.parse(text);
        if (bytes.isEmpty()) {
            checks.invalid(path, text, IpText.NOT_AN_ADDRESS);
            return;
        }
        InetAddress address = address(bytes.get());
        if (address.isAnyLocalAddress()) {
            checks.invalid(path, text, "may not be unspecified (" + text + ")");
        }
        if (address.isLoopbackAddress()) {
            checks.invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
        }
        if (address.isLinkLocalAddress()) {
            checks.invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
        }
        boolean isLinkLocalGroup = address.isMCLinkLocal();
        if (isLinkLocalGroup) {
            checks.invalid(path, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
        }
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", impossible);
        }
    }
}
