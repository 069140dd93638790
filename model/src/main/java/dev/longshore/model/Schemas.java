package dev.longshore.model;

import dev.longshore.base.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// All definitions by name (`io.k8s.api.core.v1.Pod`). Loads what is asked for, when it is asked for.
/// Thread-safe.
public interface Schemas {

    /// Every name.
    Set<String> names();

    /// One definition.
    Optional<Schema> find(String name);

    /// What even an empty object of `schema` has in the reference implementation's types: structures as objects,
    /// null for what is present without a value. By default nothing.
    default ObjectNode skeleton(Schema schema) {
        return Json.object();
    }

    /// What the definition called `name` says beside its schema, as fields that begin with `x-kubernetes-`: the
    /// kinds that have its shape, its unions. Empty if there is nothing.
    default ObjectNode extensions(String name) {
        return Json.object();
    }

    /// The definition called `name` as OpenAPI tells it, where its schema does not say all of it. References in it
    /// (`$ref`) are names of definitions.
    ///
    /// @param isThree whether in version 3 of OpenAPI, else in version 2
    default Optional<ObjectNode> printed(String name, boolean isThree) {
        return Optional.empty();
    }

    /// The values that fields of the definition called `name` take, for those that take only some.
    default Map<String, List<String>> choices(String name) {
        return Map.of();
    }

    /// Differs when any definition differs.
    default String fingerprint() {
        return "";
    }

    /// `schema` itself, or the definition it refers to.
    default Schema resolve(Schema schema) {
        return schema.reference().isEmpty()
                ? schema
                : find(schema.reference().get()).orElse(schema);
    }
}
