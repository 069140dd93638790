package dev.longshore.model;

import dev.longshore.base.Json;
import dev.longshore.model.TypedTree.Grain;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What a change does to the places of an object: which it makes or alters ([#gained]), and which it removes
/// ([#lost]).
///
/// Some fields are there even in an empty object (`status: {}`): they are never made or removed. A skeleton
/// tells them; it holds an object's empty structures, and null for what is present but without a value.
final class FieldChanges {

    private static final JsonNode NO_SKELETON = Json.object();

    private FieldChanges() {}

    /// The places of `after` that `before` does not have, or has otherwise.
    static FieldSet gained(JsonNode before, JsonNode after, TypedShape shape, JsonNode skeleton) {
        Grain was = shape.grain(before);
        Grain is = shape.grain(after);
        boolean isLeaf =
                was == Grain.ATOM && is == Grain.ATOM || TypedTree.isHollow(before) && TypedTree.isHollow(after);
        if (isLeaf) {
            return Scalars.same(before, after) ? FieldSet.NONE : FieldSet.HERE;
        }
        if (was != is) {
            return FieldPlaces.everything(after, shape);
        }
        return is == Grain.FIELDS ? gainedFields(before, after, shape, skeleton) : gainedElements(before, after, shape);
    }

    private static FieldSet gainedFields(JsonNode before, JsonNode after, TypedShape shape, JsonNode skeleton) {
        FieldSet.Builder all = null;
        for (var field : after.properties()) {
            String name = field.getKey();
            JsonNode bones = skeleton.get(name);
            JsonNode old = before.get(name);
            if (old == null) {
                old = bones;
            }
            FieldSet below = old == null
                    ? FieldPlaces.everything(field.getValue(), shape.field(name))
                    : gained(old, field.getValue(), shape.field(name), bones == null ? NO_SKELETON : bones);
            if (!below.isEmpty()) {
                all = all == null ? new FieldSet.Builder(4) : all;
                all.add(shape.step(name), below);
            }
        }
        return all == null ? FieldSet.NONE : all.build(false);
    }

    private static FieldSet gainedElements(JsonNode before, JsonNode after, TypedShape shape) {
        if (Scalars.same(before, after)) {
            return FieldSet.NONE;
        }
        FieldStep[] were = FieldPlaces.steps(before, shape);
        FieldStep[] are = FieldPlaces.steps(after, shape);
        var all = new FieldSet.Builder(4);
        if (isAligned(were, are)) {
            for (int i = 0; i < are.length; i++) {
                all.add(are[i], gained(before.get(i), after.get(i), shape.items(), NO_SKELETON));
            }
            return all.build(false);
        }
        var old = FieldPlaces.index(before, were);
        FieldPlaces.index(after, are).forEach((step, now) -> {
            List<JsonNode> was = old.getOrDefault(step, List.of());
            boolean isTwice = now.size() > 1;
            if (isTwice && was.size() > 1) {
                all.add(step, sameAll(was, now) ? FieldSet.NONE : FieldSet.HERE);
            } else if (isTwice) {
                all.add(step, FieldSet.HERE);
            } else if (was.size() == 1) {
                all.add(step, gained(was.getFirst(), now.getFirst(), shape.items(), NO_SKELETON));
            } else {
                all.add(
                        step,
                        FieldPlaces.everything(now.getFirst(), shape.items()).withSelf());
            }
        });
        return all.build(false);
    }

    /// True if both lists have the same elements in the same order, each once: the usual case.
    private static boolean isAligned(FieldStep[] were, FieldStep[] are) {
        return Arrays.equals(were, are) && FieldPlaces.twice(are).isEmpty();
    }

    private static boolean sameAll(List<JsonNode> left, List<JsonNode> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!Scalars.same(left.get(i), right.get(i))) {
                return false;
            }
        }
        return true;
    }

    /// The places of `before` that `after` does not have.
    static FieldSet lost(JsonNode before, JsonNode after, TypedShape shape, JsonNode skeleton) {
        Grain was = shape.grain(before);
        if (was == Grain.ATOM || TypedTree.isHollow(before)) {
            return FieldSet.NONE;
        }
        if (was != shape.grain(after)) {
            return FieldPlaces.everything(before, shape).withoutSelf();
        }
        return was == Grain.FIELDS ? lostFields(before, after, shape, skeleton) : lostElements(before, after, shape);
    }

    private static FieldSet lostFields(JsonNode before, JsonNode after, TypedShape shape, JsonNode skeleton) {
        FieldSet.Builder all = null;
        for (var field : before.properties()) {
            String name = field.getKey();
            JsonNode bones = skeleton.get(name);
            JsonNode now = after.get(name);
            if (now == null && bones != null && bones.isObject()) {
                now = bones;
            }
            FieldSet below = now == null
                    ? FieldPlaces.everything(field.getValue(), shape.field(name))
                    : lost(field.getValue(), now, shape.field(name), bones == null ? NO_SKELETON : bones);
            if (!below.isEmpty()) {
                all = all == null ? new FieldSet.Builder(4) : all;
                all.add(shape.step(name), below);
            }
        }
        return all == null ? FieldSet.NONE : all.build(false);
    }

    private static FieldSet lostElements(JsonNode before, JsonNode after, TypedShape shape) {
        if (Scalars.same(before, after)) {
            return FieldSet.NONE;
        }
        FieldStep[] were = FieldPlaces.steps(before, shape);
        FieldStep[] are = FieldPlaces.steps(after, shape);
        var all = new FieldSet.Builder(4);
        if (isAligned(were, are)) {
            for (int i = 0; i < are.length; i++) {
                all.add(are[i], lost(before.get(i), after.get(i), shape.items(), NO_SKELETON));
            }
            return all.build(false);
        }
        var left = FieldPlaces.index(after, are);
        FieldPlaces.index(before, were).forEach((step, was) -> {
            List<JsonNode> now = left.getOrDefault(step, List.of());
            if (was.size() > 1) {
                all.add(step, now.size() > 1 ? FieldSet.NONE : FieldSet.HERE);
            } else if (now.size() == 1) {
                all.add(step, lost(was.getFirst(), now.getFirst(), shape.items(), NO_SKELETON));
            } else {
                all.add(
                        step,
                        FieldPlaces.everything(was.getFirst(), shape.items()).withSelf());
            }
        });
        return all.build(false);
    }
}
