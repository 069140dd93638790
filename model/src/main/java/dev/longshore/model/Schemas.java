package dev.longshore.model;

import java.util.Optional;
import java.util.Set;

/// All definitions by name (`io.k8s.api.core.v1.Pod`). Loads what is asked for, when it is asked for.
/// Thread-safe.
public interface Schemas {

    /// Every name.
    Set<String> names();

    /// One definition.
    Optional<Schema> find(String name);

    /// `schema` itself, or the definition it refers to.
    default Schema resolve(Schema schema) {
        return schema.reference().flatMap(this::find).orElse(schema);
    }
}
