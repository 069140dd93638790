package dev.longshore.model;

import dev.longshore.base.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// Takes places out of values.
final class FieldRemoval {

    private FieldRemoval() {}

    /// `value` without what stands at `gone` and below it; a container that becomes empty by that becomes null.
    static JsonNode remove(JsonNode value, FieldSet gone, TypedShape shape) {
        return switch (shape.grain(value)) {
            case ATOM -> value.isContainer() ? NullNode.getInstance() : value;
            case FIELDS -> value.isEmpty() ? NullNode.getInstance() : fields(value, gone, shape);
            case KEYED, VALUES -> value.isEmpty() ? NullNode.getInstance() : elements(value, gone, shape);
        };
    }

    private static JsonNode fields(JsonNode object, FieldSet gone, TypedShape shape) {
        ObjectNode left = Json.object();
        for (var field : object.properties()) {
            FieldSet below = gone.below(shape.step(field.getKey()));
            if (!below.isMember()) {
                left.set(
                        field.getKey(),
                        below.hasBelow()
                                ? remove(field.getValue(), below, shape.field(field.getKey()))
                                : field.getValue());
            }
        }
        return left.isEmpty() ? NullNode.getInstance() : left;
    }

    private static JsonNode elements(JsonNode list, FieldSet gone, TypedShape shape) {
        ArrayNode left = Json.array();
        for (JsonNode element : list) {
            FieldSet below = gone.below(shape.stepTo(element));
            if (!below.isMember()) {
                left.add(below.hasBelow() ? remove(element, below, shape.items()) : element);
            }
        }
        return left.isEmpty() ? NullNode.getInstance() : left;
    }

    /// `set` with the named fields on the way to its members, which become removable so; entries of maps and
    /// elements of lists do not.
    static FieldSet withNamedFields(FieldSet set, TypedShape shape) {
        return set.mapped((step, below) -> {
            if (!below.hasBelow()) {
                return below;
            }
            if (!step.isField()) {
                return withNamedFields(below, shape.items());
            }
            FieldSet inner = withNamedFields(below, shape.field(step.name()));
            return shape.isNamed(step.name()) ? inner.withSelf() : inner;
        });
    }
}
