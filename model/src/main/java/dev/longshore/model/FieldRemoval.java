package dev.longshore.model;

import dev.longshore.base.Json;
import dev.longshore.model.TypedTree.Grain;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// Takes places out of values.
record FieldRemoval(TypedTree trees) {

    /// `value` without what stands at `gone` and below it; a container that becomes empty by that becomes null.
    JsonNode remove(JsonNode value, FieldSet gone, Schema schema) {
        Grain grain = trees.grain(value, schema);
        return switch (grain) {
            case ATOM -> value.isContainer() ? NullNode.getInstance() : value;
            case FIELDS -> value.isEmpty() ? NullNode.getInstance() : fields(value, gone, schema);
            case KEYED, VALUES -> value.isEmpty() ? NullNode.getInstance() : elements(value, gone, schema, grain);
        };
    }

    private JsonNode fields(JsonNode object, FieldSet gone, Schema declared) {
        Schema schema = trees.schemas().resolve(declared);
        ObjectNode left = Json.object();
        for (var field : object.properties()) {
            FieldSet below = gone.below(FieldStep.field(field.getKey()));
            if (!below.isMember()) {
                left.set(
                        field.getKey(),
                        below.hasBelow()
                                ? remove(field.getValue(), below, trees.field(schema, field.getKey()))
                                : field.getValue());
            }
        }
        return left.isEmpty() ? NullNode.getInstance() : left;
    }

    private JsonNode elements(JsonNode list, FieldSet gone, Schema schema, Grain grain) {
        ArrayNode left = Json.array();
        for (JsonNode element : list) {
            FieldSet below = gone.below(trees.step(element, schema, grain));
            if (!below.isMember()) {
                left.add(below.hasBelow() ? remove(element, below, trees.items(schema)) : element);
            }
        }
        return left.isEmpty() ? NullNode.getInstance() : left;
    }

    /// `set` with the named fields on the way to its members, which become removable so; entries of maps and
    /// elements of lists do not.
    FieldSet withNamedFields(FieldSet set, Schema declared) {
        Schema schema = trees.schemas().resolve(declared);
        return set.mapped((step, below) -> {
            if (!below.hasBelow()) {
                return below;
            }
            if (!step.isField()) {
                return withNamedFields(below, trees.items(declared));
            }
            FieldSet inner = withNamedFields(below, trees.field(schema, step.name()));
            return schema.properties().containsKey(step.name()) ? inner.withSelf() : inner;
        });
    }
}
