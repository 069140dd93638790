package dev.longshore.model;

import dev.longshore.model.TypedTree.Grain;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Merges a part of an object into it by what its schema says of lists and maps, as server-side apply does, but without
/// owners: nothing is removed. Thread-safe.
public final class ApplyMerge {

    private final TypedTree trees;

    /// For objects of `schemas`.
    public ApplyMerge(Schemas schemas) {
        this.trees = new TypedTree(schemas);
    }

    /// A part that cannot be merged; the message says why, in the words of the original.
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String why) {
            super(why, null, false, false);
        }
    }

    /// `live` with all that `applied` says; both stay as they are.
    ///
    /// @throws Refused if `applied` is not of the shape of `schema`, or has lists or maps that are one value:
    /// whoever sets a part of those would remove the rest
    public ObjectNode merge(ObjectNode live, ObjectNode applied, Schema schema) throws Refused {
        TypedShape shape = trees.shape(schema);
        List<String> errors = TypedCheck.errors(applied, shape);
        if (!errors.isEmpty()) {
            throw new Refused("failed to convert patch object to typed object: " + TypedCheck.joined(errors));
        }
        var atoms = new ArrayList<String>();
        collect(applied, shape, "", atoms);
        if (!atoms.isEmpty()) {
            throw new Refused("invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: "
                    + String.join(", ", atoms));
        }
        try {
            return (ObjectNode) FieldMerge.merge(live, applied, shape).deepCopy();
        } catch (TypedTree.Untyped broken) {
            throw new Refused("failed to merge patch: " + broken.getMessage());
        }
    }

    private static void collect(JsonNode value, TypedShape shape, String path, List<String> atoms) {
        if (!value.isContainer()) {
            return;
        }
        if (shape.grain(value) == Grain.ATOM) {
            atoms.add(path);
        }
        if (value.isObject()) {
            value.properties().forEach(field -> {
                // What stands in maps is looked at no further, as in the original.
                if (shape.isNamed(field.getKey())) {
                    collect(field.getValue(), shape.field(field.getKey()), path + "." + field.getKey(), atoms);
                }
            });
            return;
        }
        for (int i = 0; i < value.size(); i++) {
            collect(value.get(i), shape.items(), path + "[" + i + "]", atoms);
        }
    }
}
