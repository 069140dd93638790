package dev.longshore.model;

import java.util.List;
import java.util.function.Function;

/// Reads a selectable field at its own path, as `spec.nodeName`. Whoever keeps objects as bytes may read it there
/// without parsing the object.
///
/// @param steps the names on the way
/// @param absent what counts as its value when it is not there
public record FieldPath(List<String> steps, String absent) implements Function<Resource, String> {

    public FieldPath {
        steps = List.copyOf(steps);
    }

    /// The field at `path`, its steps separated by dots; empty when it is absent.
    public static FieldPath of(String path) {
        return new FieldPath(List.of(path.split("\\.")), "");
    }

    /// The name by which it is selected.
    public String name() {
        return String.join(".", steps);
    }

    @Override
    public String apply(Resource object) {
        return object.at(steps.toArray(String[]::new)).asString(absent);
    }
}
