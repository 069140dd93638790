package dev.longshore.http;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The decoded query of a request target. Immutable.
public record Query(Map<String, List<String>> parameters) {

    /// No parameters.
    public static final Query EMPTY = new Query(Map.of());

    public Query {
        var copy = new LinkedHashMap<String, List<String>>();
        parameters.forEach((name, values) -> copy.put(name, List.copyOf(values)));
        parameters = java.util.Collections.unmodifiableMap(copy);
    }

    /// Reads `a=1&b=2`, percent-encoded; text that is not validly encoded is taken as it stands.
    public static Query parse(String raw) {
        var parameters = new LinkedHashMap<String, List<String>>();
        for (String pair : raw.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
            parameters.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
        }
        return new Query(parameters);
    }

    /// The first value of `name`.
    public Optional<String> first(String name) {
        return Optional.ofNullable(parameters.get(name)).map(List::getFirst);
    }

    /// Every value of `name`.
    public List<String> all(String name) {
        return parameters.getOrDefault(name, List.of());
    }

    /// True if `name` stands for yes as Kubernetes and Docker read it: `1`, `true`, `True`, `TRUE`, `t`, `T`.
    public boolean isSet(String name) {
        return first(name)
                .map(value -> value.equals("1") || value.equalsIgnoreCase("true") || value.equalsIgnoreCase("t"))
                .orElse(false);
    }

    /// Percent-encoded again, without the question mark.
    public String encode() {
        var text = new StringBuilder();
        parameters.forEach((name, values) -> values.forEach(value -> {
            if (!text.isEmpty()) {
                text.append('&');
            }
            text.append(URLEncoder.encode(name, StandardCharsets.UTF_8))
                    .append('=')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }));
        return text.toString();
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException invalid) {
            return text;
        }
    }
}
