package dev.longshore.images.registry.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Reads a mapping of a configuration file; what is wrong is said with its place.
record Fields(String where, JsonNode tree) {

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})(Ki|Mi|Gi|Ti)?");
    private static final Pattern AGE = Pattern.compile("([0-9]{1,9})(s|m|h|d)");
    private static final Map<String, Long> UNITS =
            Map.of("Ki", 1L << 10, "Mi", 1L << 20, "Gi", 1L << 30, "Ti", 1L << 40);

    /// @throws IllegalArgumentException when there are others than `known`
    Fields only(String... known) {
        if (!tree.isObject() && !tree.isMissingNode()) {
            throw wrong("must be a mapping");
        }
        tree.properties().forEach(entry -> {
            if (!Set.of(known).contains(entry.getKey())) {
                throw wrong("unknown key \"" + entry.getKey() + "\"; known are " + String.join(", ", known));
            }
        });
        return this;
    }

    boolean has(String key) {
        return tree.has(key);
    }

    Fields at(String key) {
        return new Fields(path(key), tree.path(key));
    }

    List<Fields> each(String key) {
        JsonNode array = tree.path(key);
        if (!array.isArray() && !array.isMissingNode()) {
            throw wrong(key + " must be a list");
        }
        var found = new ArrayList<Fields>();
        for (int i = 0; i < array.size(); i++) {
            found.add(new Fields(path(key) + "[" + i + "]", array.get(i)));
        }
        return found;
    }

    Optional<String> text(String key) {
        JsonNode value = tree.path(key);
        return value.isMissingNode() || value.isNull() ? Optional.empty() : Optional.of(value.asString(""));
    }

    String required(String key) {
        return text(key).filter(value -> !value.isEmpty()).orElseThrow(() -> wrong(key + " is missing"));
    }

    List<String> texts(String key) {
        JsonNode value = tree.path(key);
        var found = new ArrayList<String>();
        if (value.isArray()) {
            value.forEach(each -> found.add(each.asString("")));
        } else {
            text(key).ifPresent(found::add);
        }
        return found;
    }

    boolean flag(String key) {
        String value = text(key).orElse("false");
        if (!value.equals("true") && !value.equals("false")) {
            throw wrong(key + " is true or false");
        }
        return value.equals("true");
    }

    int count(String key, int otherwise) {
        String value = text(key).orElse(String.valueOf(otherwise));
        if (!value.matches("[0-9]{1,9}")) {
            throw wrong(key + " is a number, not \"" + value + "\"");
        }
        return Integer.parseInt(value);
    }

    /// Bytes, as `10Gi`.
    long size(String key, long otherwise) {
        Optional<String> value = text(key);
        if (value.isEmpty()) {
            return otherwise;
        }
        Matcher parts = SIZE.matcher(value.get());
        if (!parts.matches()) {
            throw wrong(key + " is a size as 500Mi or 10Gi, not \"" + value.get() + "\"");
        }
        long unit = parts.group(2) == null ? 1 : UNITS.get(parts.group(2));
        return Math.multiplyExact(Long.parseLong(parts.group(1)), unit);
    }

    /// A span, as `90m` or `30d`.
    Optional<Duration> age(String key) {
        return text(key).map(value -> {
            Matcher parts = AGE.matcher(value);
            if (!parts.matches()) {
                throw wrong(key + " is a span as 90m, 24h or 30d, not \"" + value + "\"");
            }
            long number = Long.parseLong(parts.group(1));
            return switch (parts.group(2)) {
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
        });
    }

    IllegalArgumentException wrong(String why) {
        return new IllegalArgumentException(where + (where.isEmpty() ? "" : ": ") + why);
    }

    private String path(String key) {
        return where.isEmpty() ? key : where + "." + key;
    }
}
