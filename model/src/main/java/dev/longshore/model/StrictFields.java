package dev.longshore.model;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Says what strict decoding finds in a text, in the order in which it stands there: fields that the schema does
/// not know, and known ones that stand twice. What is inside an unknown field is not looked at. Reads the text with
/// the schema beside it; meant for texts in which something is known to be wrong. Thread-safe.
public final class StrictFields {

    /// More is not told, as Kubernetes does not.
    private static final int MOST = 100;

    private final Schemas schemas;

    /// By what `schemas` say.
    public StrictFields(Schemas schemas) {
        this.schemas = schemas;
    }

    /// What is found in `json`, which is known to be an object, each once.
    public List<String> find(byte[] json, Schema schema) {
        var findings = new LinkedHashSet<String>();
        try (JsonParser parser = Json.mapper().createParser(json)) {
            parser.nextToken();
            value(parser, Optional.of(schemas.resolve(schema)), "", findings);
        }
        return findings.stream().limit(MOST).toList();
    }

    /// @param schema empty inside what nothing is known of
    private void value(JsonParser parser, Optional<Schema> schema, String path, LinkedHashSet<String> findings) {
        switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, schema, path, findings);
            case START_ARRAY -> {
                Optional<Schema> items = schema.flatMap(Schema::items).map(schemas::resolve);
                for (int index = 0; parser.nextToken() != JsonToken.END_ARRAY; index++) {
                    value(parser, items, path + "[" + index + "]", findings);
                }
            }
            default -> {}
        }
    }

    private void object(JsonParser parser, Optional<Schema> schema, String path, LinkedHashSet<String> findings) {
        var seen = new HashSet<String>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            String at = path.isEmpty() ? name : path + "." + name;
            parser.nextToken();
            Optional<Schema> known = schema.flatMap(owner -> known(owner, name));
            if (known.isPresent() && !seen.add(name)) {
                findings.add("duplicate field \"" + at + "\"");
            } else if (known.isEmpty() && schema.isPresent() && isClosed(schema.get())) {
                findings.add("unknown field \"" + at + "\"");
            }
            if (known.isPresent()) {
                value(parser, known, at, findings);
            } else {
                parser.skipChildren();
            }
        }
    }

    private Optional<Schema> known(Schema owner, String name) {
        return Optional.ofNullable(owner.properties().get(name))
                .or(owner::additional)
                .map(schemas::resolve);
    }

    private static boolean isClosed(Schema schema) {
        boolean isFree = schema.properties().isEmpty() && schema.additional().isEmpty();
        return !schema.preservesUnknown() && !isFree;
    }

    /// The findings that `unknown` and `duplicates`, found apart, come to when no text is at hand to order them.
    public static List<String> sentences(List<String> unknown, List<String> duplicates) {
        var sentences = new ArrayList<String>();
        unknown.forEach(field -> sentences.add("unknown field \"" + field + "\""));
        duplicates.forEach(field -> sentences.add("duplicate field \"" + field + "\""));
        return sentences;
    }
}
