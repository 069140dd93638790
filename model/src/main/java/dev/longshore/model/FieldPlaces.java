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
final class FieldPlaces {

    /// Up to here, looking for equal steps one by one is cheaper than hashing them.
    private static final int FEW = 8;

    private FieldPlaces() {}

    /// Every leaf and every element that `value` mentions. An empty list mentions nothing.
    static FieldSet sent(JsonNode value, TypedShape shape) {
        return switch (shape.grain(value)) {
            case ATOM -> FieldSet.HERE;
            case FIELDS -> sentFields(value, shape);
            case KEYED, VALUES -> elements(value, shape, true);
        };
    }

    private static FieldSet sentFields(JsonNode object, TypedShape shape) {
        var all = new FieldSet.Builder(object.size());
        for (var field : object.properties()) {
            JsonNode value = field.getValue();
            FieldSet below = sent(value, shape.field(field.getKey()));
            boolean isHollow = value.isNull() || value.isObject() && value.isEmpty();
            boolean isMember = isHollow || !shape.isNamed(field.getKey());
            all.add(shape.step(field.getKey()), isMember ? below.withSelf() : below);
        }
        return all.build(false);
    }

    /// Every leaf, every element and every container on the way.
    static FieldSet everything(JsonNode value, TypedShape shape) {
        Grain grain = shape.grain(value);
        if (grain == Grain.ATOM || TypedTree.isHollow(value)) {
            return FieldSet.HERE;
        }
        if (grain.isList()) {
            return elements(value, shape, false).withSelf();
        }
        var all = new FieldSet.Builder(value.size());
        for (var field : value.properties()) {
            JsonNode inner = field.getValue();
            String name = field.getKey();
            all.add(shape.step(name), inner.isValueNode() ? FieldSet.HERE : everything(inner, shape.field(name)));
        }
        return all.build(true);
    }

    /// What stands twice is one place, without parts.
    private static FieldSet elements(JsonNode list, TypedShape shape, boolean isSent) {
        FieldStep[] steps = steps(list, shape);
        Set<FieldStep> twice = twice(steps);
        boolean isOfValues = shape.grain(list) == Grain.VALUES;
        var all = new FieldSet.Builder(steps.length);
        int index = 0;
        for (JsonNode element : list) {
            FieldStep step = steps[index++];
            boolean isPlain = isOfValues || !twice.isEmpty() && twice.contains(step);
            FieldSet below = isPlain
                    ? FieldSet.HERE
                    : isSent ? sent(element, shape.items()) : everything(element, shape.items());
            all.add(step, below.withSelf());
        }
        return all.build(false);
    }

    /// The steps to the elements of `list`, in its order; null has none.
    static FieldStep[] steps(JsonNode list, TypedShape shape) {
        var steps = new FieldStep[list.size()];
        int index = 0;
        for (JsonNode element : list) {
            steps[index++] = shape.stepTo(element);
        }
        return steps;
    }

    /// Those that stand in `steps` more than once.
    static Set<FieldStep> twice(FieldStep[] steps) {
        Set<FieldStep> twice = Set.of();
        Set<FieldStep> seen = steps.length > FEW ? HashSet.newHashSet(steps.length) : Set.of();
        for (int i = 0; i < steps.length; i++) {
            boolean isKnown = steps.length > FEW ? !seen.add(steps[i]) : stoodBefore(steps, i);
            if (isKnown) {
                twice = twice.isEmpty() ? new HashSet<>() : twice;
                twice.add(steps[i]);
            }
        }
        return twice;
    }

    private static boolean stoodBefore(FieldStep[] steps, int index) {
        for (int i = 0; i < index; i++) {
            if (steps[i].equals(steps[index])) {
                return true;
            }
        }
        return false;
    }

    /// The elements of a list by their steps, in the list's order; most steps have one element.
    static Map<FieldStep, List<JsonNode>> index(JsonNode list, FieldStep[] steps) {
        var index = LinkedHashMap.<FieldStep, List<JsonNode>>newLinkedHashMap(steps.length);
        int i = 0;
        for (JsonNode element : list) {
            index.computeIfAbsent(steps[i++], step -> new ArrayList<>(1)).add(element);
        }
        return index;
    }
}
