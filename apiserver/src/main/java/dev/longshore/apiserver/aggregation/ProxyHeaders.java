package dev.longshore.apiserver.aggregation;

import dev.longshore.apiserver.relay.AuditId;
import dev.longshore.apiserver.relay.Relay;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.model.UserInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// What extension servers are told in headers: who asks, as we found out, and nothing of the kind that came from
/// outside.
final class ProxyHeaders {

    static final String USER = "X-Remote-User";
    static final String UID = "X-Remote-Uid";
    static final String GROUP = "X-Remote-Group";
    static final String EXTRA = "X-Remote-Extra-";

    private static final List<String> SECRETS = List.of("authorization", "proxy-authorization");
    private static final Set<String> FORWARDING =
            Set.of("x-forwarded-uri", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-for");

    /// What may stand in the name of a header field, but for the percent sign, which escapes (RFC 7230).
    private static final String NAME_MARKS = "!#$&'*+-.^_`|~";

    private ProxyHeaders() {}

    /// The headers that go on with `request`.
    ///
    /// @param target where it goes, as path
    static Headers forwarded(Request request, UserInfo user, String target, String host) {
        Headers kept = cleaned(Relay.endToEnd(request.headers()))
                .with("X-Forwarded-Uri", target)
                .with("X-Forwarded-Host", host)
                .with("X-Forwarded-Proto", "https");
        String from = address(request.peer().address());
        List<String> before = request.headers().all("X-Forwarded-For");
        String chain = before.isEmpty() ? from : String.join(", ", before) + (from.isEmpty() ? "" : ", " + from);
        Headers all = chain.isEmpty() ? kept : kept.with("X-Forwarded-For", chain);
        Headers audited = request.attribute(AuditId.class)
                .map(id -> all.without(AuditId.HEADER).with(AuditId.HEADER, id.text()))
                .orElse(all);
        return identified(audited, user);
    }

    /// Without what would speak for somebody.
    private static Headers cleaned(Headers headers) {
        var names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, value) -> names.add(name));
        Headers kept = headers;
        for (String name : names) {
            // Some servers read an underscore as a dash.
            String read = name.toLowerCase(Locale.ROOT).replace('_', '-');
            boolean isIdentity = read.startsWith("x-remote-") || read.startsWith("impersonate-");
            if (isIdentity || SECRETS.contains(read) || FORWARDING.contains(read)) {
                kept = kept.without(name);
            }
        }
        return kept;
    }

    /// `headers`, and who asks.
    static Headers identified(Headers headers, UserInfo user) {
        Headers all = headers.with(USER, value(user.name()));
        if (!user.uid().isEmpty()) {
            all = all.with(UID, value(user.uid()));
        }
        for (String group : user.groups()) {
            all = all.with(GROUP, value(group));
        }
        for (String key : new TreeSet<>(user.extra().keySet())) {
            for (String value : user.extra().get(key)) {
                all = all.with(EXTRA + escaped(key), value(value));
            }
        }
        return all;
    }

    /// UTF-8 as the bytes that the wire has: our dialer writes one byte for a character.
    private static String value(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /// As Go's client escapes keys: all that a field name must not hold, and the percent sign.
    private static String escaped(String key) {
        var text = new StringBuilder();
        for (byte each : key.getBytes(StandardCharsets.UTF_8)) {
            char letter = (char) (each & 0xff);
            boolean isPlain = letter < 0x80 && Character.isLetterOrDigit(letter) || NAME_MARKS.indexOf(letter) >= 0;
            text.append(isPlain ? String.valueOf(letter) : "%%%02X".formatted((int) letter));
        }
        return text.toString();
    }

    /// Without the port; empty for callers that have no address.
    private static String address(String peer) {
        int colon = peer.lastIndexOf(':');
        String host = colon < 0 ? "" : peer.substring(0, colon);
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
