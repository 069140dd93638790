package dev.longshore.model;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/// Trees under a schema that says of each list and map whether its parts can have different owners: what is
/// one value, what is many, and by which steps the parts are known. Thread-safe.
final class TypedTree {

    private final Schemas schemas;
    private final Map<String, TypedShape> named = new ConcurrentHashMap<>();

    TypedTree(Schemas schemas) {
        this.schemas = schemas;
    }

    /// How a value is owned.
    enum Grain {
        /// As a whole.
        ATOM,
        /// Field by field.
        FIELDS,
        /// A list, element by element, known by keys.
        KEYED,
        /// A list, element by element, known by themselves.
        VALUES;

        boolean isList() {
            return this == KEYED || this == VALUES;
        }
    }

    Schemas schemas() {
        return schemas;
    }

    /// The shape of what `declared` describes; that of a definition is made once.
    TypedShape shape(Schema declared) {
        boolean isShared = declared.reference().isPresent()
                && declared.listType().isEmpty()
                && declared.mapType().isEmpty();
        if (!isShared) {
            return new TypedShape(this, declared);
        }
        String name = declared.reference().get();
        TypedShape known = named.get(name);
        return known != null ? known : named.computeIfAbsent(name, unknown -> new TypedShape(this, declared));
    }

    /// True for a value that is one place, whatever its schema says of its parts: it has none.
    static boolean isHollow(JsonNode value) {
        return value.isNull() || value.isContainer() && value.isEmpty();
    }

    /// An element without a step.
    static final class Untyped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Untyped(String why) {
            super(why, null, false, false);
        }
    }
}
