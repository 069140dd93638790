package dev.longshore.kinds.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.longshore.kinds.kit.GoUrl;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// URLs and their parts.
final class UrlLibrary {

    private static final CelType TEXT = SimpleType.STRING;

    private UrlLibrary() {}

    /// A URL that was read.
    record Url(GoUrl parts, String path) {

        /// Without the port, and without the brackets of an IPv6 address.
        String hostname() {
            String host = parts.host();
            int bracket = host.indexOf(']');
            if (host.startsWith("[") && bracket > 0) {
                return host.substring(1, bracket);
            }
            int colon = host.lastIndexOf(':');
            return colon < 0 ? host : host.substring(0, colon);
        }

        String port() {
            String host = parts.host();
            int colon = host.lastIndexOf(':');
            return colon < 0 || colon < host.lastIndexOf(']') ? "" : host.substring(colon + 1);
        }

        Map<String, List<String>> query() {
            var query = new LinkedHashMap<String, List<String>>();
            for (String pair : parts.query().split("&")) {
                if (!pair.isEmpty()) {
                    int equals = pair.indexOf('=');
                    String name = equals < 0 ? pair : pair.substring(0, equals);
                    String value = equals < 0 ? "" : pair.substring(equals + 1);
                    query.computeIfAbsent(decoded(name), first -> new ArrayList<>())
                            .add(decoded(value));
                }
            }
            return query;
        }

        private static String decoded(String text) {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        }
    }

    static List<CelFunction> all() {
        return List.of(
                CelFunction.global("url", CelFunction.URL, List.of(TEXT), given -> parse((String) given.getFirst())),
                CelFunction.global("isURL", SimpleType.BOOL, List.of(TEXT), given -> isUrl((String) given.getFirst())),
                part("getScheme", TEXT, url -> url.parts().scheme()),
                part("getHost", TEXT, url -> url.parts().host()),
                part("getHostname", TEXT, Url::hostname),
                part("getPort", TEXT, Url::port),
                part("getEscapedPath", TEXT, Url::path),
                part("getQuery", MapType.create(TEXT, ListType.create(TEXT)), Url::query));
    }

    private static CelFunction part(String name, CelType result, Function<Url, Object> reader) {
        return CelFunction.member(
                name, result, List.of(CelFunction.URL), given -> reader.apply((Url) given.getFirst()));
    }

    private static boolean isUrl(String text) {
        try {
            parse(text);
            return true;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    /// An absolute URL, or an absolute path.
    private static Url parse(String text) {
        try {
            GoUrl url = GoUrl.parse(text);
            boolean isAbsolute = !url.scheme().isEmpty() || text.startsWith("/");
            if (!isAbsolute) {
                throw new IllegalArgumentException("URL parse error during conversion from string: parse \"" + text
                        + "\": invalid URI for request");
            }
            return new Url(url, path(text));
        } catch (GoUrl.Malformed malformed) {
            throw new IllegalArgumentException(
                    "URL parse error during conversion from string: " + malformed.getMessage(), malformed);
        }
    }

    private static String path(String text) {
        int end = text.length();
        for (char stop : new char[] {'#', '?'}) {
            int at = text.indexOf(stop);
            end = at < 0 ? end : Math.min(end, at);
        }
        String rest = text.substring(0, end);
        int authority = rest.indexOf("://");
        if (authority < 0) {
            return rest.startsWith("/") ? rest : "";
        }
        int slash = rest.indexOf('/', authority + 3);
        return slash < 0 ? "" : rest.substring(slash);
    }
}
