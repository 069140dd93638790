package dev.longshore.apiserver.audit;

import dev.longshore.http.Headers;
import dev.longshore.http.Peer;
import dev.longshore.http.Request;
import dev.longshore.model.IpText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where a request came from: what proxies say that they came from, then who is at the other end. Only the last cannot
/// be invented by a client.
final class SourceAddresses {

    /// Components within this process count as on this host, as they do where they are processes of their own.
    private static final String OWN = "127.0.0.1";

    private SourceAddresses() {}

    static List<String> of(Request request) {
        Headers headers = request.headers();
        Optional<String> forwarded = headers.first("X-Forwarded-For");
        Optional<String> real = headers.first("X-Real-Ip");
        if (forwarded.isEmpty() && real.isEmpty()) {
            return remote(request.peer()).map(List::of).orElse(List.of());
        }
        var found = new ArrayList<String>();
        for (String part : forwarded.orElse("").split(",", -1)) {
            address(part.strip()).ifPresent(found::add);
        }
        real.flatMap(SourceAddresses::address)
                .filter(each -> !found.contains(each))
                .ifPresent(found::add);
        remote(request.peer())
                .filter(each -> found.isEmpty() || !each.equals(found.getLast()))
                .ifPresent(found::add);
        return found;
    }

    private static Optional<String> remote(Peer peer) {
        if (peer == Peer.LOCAL) {
            return Optional.of(OWN);
        }
        String text = peer.address();
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? text : text.substring(0, colon);
        if (!host.isEmpty() && Character.isDigit(host.charAt(0)) && host.indexOf(':') < 0) {
            // Not what somebody wrote, but a socket's own spelling of IPv4.
            return Optional.of(host);
        }
        return address(host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host);
    }

    /// In its usual spelling; empty for what is none.
    private static Optional<String> address(String text) {
        return IpText.parse(text).map(IpText::print);
    }
}
