package dev.longshore.model;

import dev.longshore.model.TypedTree.Grain;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// All places of a value: those that an applier owns who sends it ([#sent]), and those that come into being
/// with it ([#everything]).
record FieldPlaces(TypedTree trees) {

    /// Every leaf and every element that `value` mentions. An empty list mentions nothing.
    FieldSet sent(JsonNode value, Schema declared) {
        Grain grain = trees.grain(value, declared);
        return switch (grain) {
            case ATOM -> FieldSet.HERE;
            case FIELDS -> sentFields(value, declared);
            case KEYED, VALUES -> elements(value, declared, grain, true);
        };
    }

    private FieldSet sentFields(JsonNode object, Schema declared) {
        Schema schema = trees.schemas().resolve(declared);
        var all = new FieldSet.Builder(object.size());
        for (var field : object.properties()) {
            JsonNode value = field.getValue();
            FieldSet below = sent(value, trees.field(schema, field.getKey()));
            boolean isEntry = !schema.properties().containsKey(field.getKey());
            boolean isHollow = value.isNull() || value.isObject() && value.isEmpty();
            all.add(FieldStep.field(field.getKey()), isEntry || isHollow ? below.withSelf() : below);
        }
        return all.build(false);
    }

    /// Every leaf, every element and every container on the way.
    FieldSet everything(JsonNode value, Schema declared) {
        Grain grain = trees.grain(value, declared);
        if (grain == Grain.ATOM || TypedTree.isHollow(value)) {
            return FieldSet.HERE;
        }
        if (grain.isList()) {
            return elements(value, declared, grain, false).withSelf();
        }
        Schema schema = trees.schemas().resolve(declared);
        var all = new FieldSet.Builder(value.size());
        for (var field : value.properties()) {
            all.add(FieldStep.field(field.getKey()), everything(field.getValue(), trees.field(schema, field.getKey())));
        }
        return all.build(true);
    }

    /// What stands twice is one place, without parts.
    private FieldSet elements(JsonNode list, Schema declared, Grain grain, boolean isSent) {
        Set<FieldStep> twice = list.size() > 1 ? twice(list, declared, grain) : Set.of();
        Schema items = trees.items(declared);
        var all = new FieldSet.Builder(list.size());
        for (JsonNode element : list) {
            FieldStep step = trees.step(element, declared, grain);
            boolean isPlain = grain == Grain.VALUES || !twice.isEmpty() && twice.contains(step);
            FieldSet below = isPlain ? FieldSet.HERE : isSent ? sent(element, items) : everything(element, items);
            all.add(step, below.withSelf());
        }
        return all.build(false);
    }

    private Set<FieldStep> twice(JsonNode list, Schema declared, Grain grain) {
        var seen = new HashSet<FieldStep>();
        Set<FieldStep> twice = Set.of();
        for (JsonNode element : list) {
            FieldStep step = trees.step(element, declared, grain);
            if (!seen.add(step)) {
                twice = twice.isEmpty() ? new HashSet<>() : twice;
                twice.add(step);
            }
        }
        return twice;
    }

    /// The elements of a list by their steps, in the list's order; most steps have one element.
    Map<FieldStep, List<JsonNode>> index(JsonNode list, Schema declared, Grain grain) {
        var index = LinkedHashMap.<FieldStep, List<JsonNode>>newLinkedHashMap(list.size());
        for (JsonNode element : list) {
            index.computeIfAbsent(trees.step(element, declared, grain), step -> new ArrayList<>(1))
                    .add(element);
        }
        return index;
    }
}
