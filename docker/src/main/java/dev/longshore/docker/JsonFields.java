package dev.longshore.docker;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads lists and maps out of JSON trees as Go does: what is absent or null is empty.
final class JsonFields {

    /// What Go writes for a time that never was.
    static final String NEVER = "0001-01-01T00:00:00Z";

    private static final DateTimeFormatter TIME = DateTimeFormatter.ISO_INSTANT;
    private static final long NANOS = 1_000_000_000L;

    private JsonFields() {}

    /// The texts of an array, or the one text (as `Entrypoint` may be spelt).
    static List<String> strings(JsonNode node) {
        var all = new ArrayList<String>();
        if (node.isArray()) {
            node.forEach(item -> all.add(item.asString("")));
        } else if (node.isString()) {
            all.add(node.asString());
        }
        return all;
    }

    static Map<String, String> map(JsonNode node) {
        var all = new LinkedHashMap<String, String>();
        node.properties()
                .forEach(entry -> all.put(entry.getKey(), entry.getValue().asString("")));
        return all;
    }

    static void put(ArrayNode array, Iterable<String> texts) {
        texts.forEach(array::add);
    }

    static void put(ObjectNode object, Map<String, String> texts) {
        texts.forEach(object::put);
    }

    /// The object at `name`, made if there is none.
    static ObjectNode object(ObjectNode parent, String name) {
        return parent.path(name) instanceof ObjectNode there ? there : parent.putObject(name);
    }

    static String time(Instant instant) {
        return instant.equals(Instant.EPOCH) ? NEVER : TIME.format(instant);
    }

    static Instant time(String text) {
        try {
            return text.isEmpty() || text.equals(NEVER)
                    ? Instant.EPOCH
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException damaged) {
            return Instant.EPOCH;
        }
    }

    /// A moment as clients spell it: seconds since 1970 with a fraction, RFC 3339, or a span back from `now`
    /// (`10m`); empty for none.
    static Optional<Instant> moment(String text, Instant now) {
        if (text.isEmpty() || text.equals("0")) {
            return Optional.empty();
        }
        try {
            if (text.matches("-?[0-9]+(\\.[0-9]*)?")) {
                var exact = new java.math.BigDecimal(text);
                long nanos = exact.multiply(java.math.BigDecimal.valueOf(NANOS)).longValue();
                return Optional.of(Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS)));
            }
            if (text.contains("T")) {
                return Optional.of(OffsetDateTime.parse(text.matches(".*(Z|[+-][0-9:]{5})") ? text : text + "Z")
                        .toInstant());
            }
            return Optional.of(now.minus(span(text)));
        } catch (DateTimeParseException | NumberFormatException wrong) {
            throw new EngineException(
                    EngineException.Kind.INVALID, "failed to parse value as time or duration: " + text, wrong);
        }
    }

    /// A span as Go spells it, as `1h30m` or `1.5s`.
    static Duration span(String text) {
        return Duration.parse("PT" + text.toUpperCase(java.util.Locale.ROOT));
    }
}
