package dev.longshore.model;

import dev.longshore.base.Json;
import dev.longshore.model.TypedTree.Grain;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What a change does to the places of an object: which it makes or alters ([#gained]), and which it removes
/// ([#lost]).
///
/// Some fields are there even in an empty object (`status: {}`): they are never made or removed. A skeleton
/// tells them; it holds an object's empty structures, and null for what is present but without a value.
record FieldChanges(FieldPlaces places) {

    private static final JsonNode NO_SKELETON = Json.object();

    private TypedTree trees() {
        return places.trees();
    }

    /// The places of `after` that `before` does not have, or has otherwise.
    FieldSet gained(JsonNode before, JsonNode after, Schema schema, JsonNode skeleton) {
        Grain was = trees().grain(before, schema);
        Grain is = trees().grain(after, schema);
        boolean isLeaf =
                was == Grain.ATOM && is == Grain.ATOM || TypedTree.isHollow(before) && TypedTree.isHollow(after);
        if (isLeaf) {
            return Scalars.same(before, after) ? FieldSet.NONE : FieldSet.HERE;
        }
        if (was != is) {
            return places.everything(after, schema);
        }
        return is == Grain.FIELDS
                ? gainedFields(before, after, schema, skeleton)
                : gainedElements(before, after, schema, is);
    }

    private FieldSet gainedFields(JsonNode before, JsonNode after, Schema declared, JsonNode skeleton) {
        Schema schema = trees().schemas().resolve(declared);
        var all = new FieldSet.Builder(8);
        for (var field : after.properties()) {
            String name = field.getKey();
            JsonNode bones = skeleton.get(name);
            JsonNode old = before.get(name);
            if (old == null) {
                old = bones;
            }
            Schema type = trees().field(schema, name);
            FieldSet below = old == null
                    ? places.everything(field.getValue(), type)
                    : gained(old, field.getValue(), type, bones == null ? NO_SKELETON : bones);
            if (!below.isEmpty()) {
                all.add(FieldStep.field(name), below);
            }
        }
        return all.build(false);
    }

    private FieldSet gainedElements(JsonNode before, JsonNode after, Schema schema, Grain grain) {
        var old = places.index(before, schema, grain);
        Schema items = trees().items(schema);
        var all = new FieldSet.Builder(4);
        places.index(after, schema, grain).forEach((step, now) -> {
            List<JsonNode> was = old.getOrDefault(step, List.of());
            boolean isTwice = now.size() > 1;
            if (isTwice && was.size() > 1) {
                all.add(step, sameAll(was, now) ? FieldSet.NONE : FieldSet.HERE);
            } else if (isTwice) {
                all.add(step, FieldSet.HERE);
            } else if (was.size() == 1) {
                all.add(step, gained(was.getFirst(), now.getFirst(), items, NO_SKELETON));
            } else {
                all.add(step, places.everything(now.getFirst(), items).withSelf());
            }
        });
        return all.build(false);
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
    FieldSet lost(JsonNode before, JsonNode after, Schema schema, JsonNode skeleton) {
        Grain was = trees().grain(before, schema);
        boolean isLeaf = was == Grain.ATOM || TypedTree.isHollow(before);
        if (isLeaf || was != trees().grain(after, schema)) {
            return isLeaf ? FieldSet.NONE : places.everything(before, schema).withoutSelf();
        }
        return was == Grain.FIELDS
                ? lostFields(before, after, schema, skeleton)
                : lostElements(before, after, schema, was);
    }

    private FieldSet lostFields(JsonNode before, JsonNode after, Schema declared, JsonNode skeleton) {
        Schema schema = trees().schemas().resolve(declared);
        var all = new FieldSet.Builder(4);
        for (var field : before.properties()) {
            String name = field.getKey();
            JsonNode bones = skeleton.get(name);
            JsonNode now = after.get(name);
            if (now == null && bones != null && bones.isObject()) {
                now = bones;
            }
            Schema type = trees().field(schema, name);
            FieldSet below = now == null
                    ? places.everything(field.getValue(), type)
                    : lost(field.getValue(), now, type, bones == null ? NO_SKELETON : bones);
            if (!below.isEmpty()) {
                all.add(FieldStep.field(name), below);
            }
        }
        return all.build(false);
    }

    private FieldSet lostElements(JsonNode before, JsonNode after, Schema schema, Grain grain) {
        var left = places.index(after, schema, grain);
        Schema items = trees().items(schema);
        var all = new FieldSet.Builder(4);
        places.index(before, schema, grain).forEach((step, was) -> {
            List<JsonNode> now = left.getOrDefault(step, List.of());
            if (was.size() > 1) {
                all.add(step, now.size() > 1 ? FieldSet.NONE : FieldSet.HERE);
            } else if (now.size() == 1) {
                all.add(step, lost(was.getFirst(), now.getFirst(), items, NO_SKELETON));
            } else {
                all.add(step, places.everything(was.getFirst(), items).withSelf());
            }
        });
        return all.build(false);
    }
}
