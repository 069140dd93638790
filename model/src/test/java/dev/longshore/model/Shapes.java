package dev.longshore.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Small schemas: a pod-like `Thing`.
final class Shapes implements Schemas {

    static final Schema THING = reference("test.Thing");

    private final Map<String, Schema> all = Map.of(
            "test.Thing",
            object(Map.of(
                    "apiVersion", plain("string", ""),
                    "kind", plain("string", ""),
                    "spec", reference("test.ThingSpec"))),
            "test.ThingSpec",
            object(Map.of(
                    "replicas", plain("integer", "int32"),
                    "when", plain("string", "date-time"),
                    "labels", map(plain("string", "")),
                    "port", plain("string", "int-or-string"),
                    "containers", list(reference("test.Container"), "merge", "name"),
                    "finalizers", list(plain("string", ""), "merge", ""),
                    "args", list(plain("string", ""), "", ""),
                    "strategy", merged(reference("test.Strategy"), "retainKeys"),
                    "raw", Schema.ANYTHING)),
            "test.Container",
            object(Map.of(
                    "name", plain("string", ""),
                    "image", plain("string", ""),
                    "ports",
                            list(
                                    object(Map.of(
                                            "port", plain("integer", ""),
                                            "name", plain("string", ""),
                                            "size", plain("string", "quantity"))),
                                    "merge",
                                    "port"))),
            "test.Strategy",
            object(Map.of("type", plain("string", ""), "rolling", object(Map.of("surge", plain("integer", ""))))));

    @Override
    public Set<String> names() {
        return all.keySet();
    }

    @Override
    public Optional<Schema> find(String name) {
        return Optional.ofNullable(all.get(name));
    }

    static Schema plain(String type, String format) {
        return schema(type, format, Optional.empty(), Map.of(), Optional.empty(), Optional.empty(), "", "");
    }

    static Schema reference(String name) {
        return schema("", "", Optional.of(name), Map.of(), Optional.empty(), Optional.empty(), "", "");
    }

    static Schema object(Map<String, Schema> properties) {
        return schema("object", "", Optional.empty(), properties, Optional.empty(), Optional.empty(), "", "");
    }

    private static Schema map(Schema values) {
        return schema("object", "", Optional.empty(), Map.of(), Optional.of(values), Optional.empty(), "", "");
    }

    private static Schema list(Schema items, String strategy, String key) {
        return schema("array", "", Optional.empty(), Map.of(), Optional.empty(), Optional.of(items), strategy, key);
    }

    private static Schema merged(Schema reference, String strategy) {
        return schema("", "", reference.reference(), Map.of(), Optional.empty(), Optional.empty(), strategy, "");
    }

    private static Schema schema(
            String type,
            String format,
            Optional<String> reference,
            Map<String, Schema> properties,
            Optional<Schema> additional,
            Optional<Schema> items,
            String strategy,
            String key) {
        return new Schema(
                type,
                format,
                "",
                reference,
                properties,
                List.of(),
                additional,
                items,
                !key.isEmpty() ? "map" : strategy.equals("merge") ? "set" : "",
                key.isEmpty() ? List.of() : List.of(key),
                "",
                strategy,
                key,
                Optional.empty(),
                false);
    }
}
