package dev.longshore.model;

import dev.longshore.base.Json;
import dev.longshore.model.TypedTree.Grain;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// Merges what an applier sends into what is there: nothing is removed, leaves are replaced. The result shares
/// what it did not change, so it is not to be changed in place.
final class FieldMerge {

    private FieldMerge() {}

    /// `live` with all that `applied` says.
    static JsonNode merge(JsonNode live, JsonNode applied, TypedShape shape) {
        Grain grain = shape.grain(applied);
        boolean isLeaf = grain == Grain.ATOM
                || grain != shape.grain(live)
                || TypedTree.isHollow(live) && TypedTree.isHollow(applied);
        if (isLeaf) {
            return applied;
        }
        return grain == Grain.FIELDS ? fields(live, applied, shape) : elements(live, applied, shape);
    }

    private static ObjectNode fields(JsonNode live, JsonNode applied, TypedShape shape) {
        ObjectNode merged = Json.object();
        live.properties().forEach(field -> merged.set(field.getKey(), field.getValue()));
        for (var field : applied.properties()) {
            JsonNode old = merged.get(field.getKey());
            merged.set(
                    field.getKey(),
                    old == null ? field.getValue() : merge(old, field.getValue(), shape.field(field.getKey())));
        }
        return merged;
    }

    /// Elements that both have stand in the order of `applied`; those that only `live` has keep their places
    /// before the shared ones that followed them.
    private static ArrayNode elements(JsonNode live, JsonNode applied, TypedShape shape) {
        TypedShape items = shape.items();
        Map<FieldStep, JsonNode> wanted = new LinkedHashMap<>();
        for (JsonNode element : applied) {
            wanted.put(shape.stepTo(element), element);
        }
        List<FieldStep> there = new ArrayList<>();
        Map<FieldStep, JsonNode> old = new LinkedHashMap<>();
        for (JsonNode element : live) {
            FieldStep step = shape.stepTo(element);
            there.add(step);
            // What stands twice is not merged with, but replaced.
            old.merge(step, element, (first, second) -> NullNode.getInstance());
        }
        ArrayNode merged = Json.array();
        for (Slot slot : new Order(there, List.copyOf(wanted.keySet())).slots()) {
            JsonNode element = wanted.get(slot.step);
            JsonNode before = old.get(slot.step);
            if (slot.liveIndex >= 0) {
                merged.add(live.get(slot.liveIndex));
            } else {
                merged.add(before == null || before.isNull() ? element : merge(before, element, items));
            }
        }
        return merged;
    }

    /// @param liveIndex of the element that is taken as it is; -1 for one that `applied` speaks of
    private record Slot(FieldStep step, int liveIndex) {}

    /// The order of the elements of two lists: walks both at once; a shared element of `live` out of its turn
    /// (the turn is that of `applied`) is passed over and comes when its turn is there.
    private static final class Order {
        private final List<FieldStep> live;
        private final List<FieldStep> applied;
        private final Set<FieldStep> isApplied;
        private final List<FieldStep> turns;
        private final Set<FieldStep> done = new HashSet<>();
        private final List<Slot> slots = new ArrayList<>();
        private int turn;
        private int l;
        private int a;

        Order(List<FieldStep> live, List<FieldStep> applied) {
            this.live = live;
            this.applied = applied;
            this.isApplied = Set.copyOf(applied);
            var isLive = new HashSet<>(live);
            this.turns = applied.stream().filter(isLive::contains).toList();
        }

        List<Slot> slots() {
            while (l < live.size() || a < applied.size()) {
                if (l < live.size() && a < applied.size()) {
                    FieldStep step = live.get(l);
                    if (step.equals(applied.get(a))) {
                        l++;
                        take();
                        turn++;
                        continue;
                    }
                    boolean isOutOfTurn = isApplied.contains(step)
                            && turn < turns.size()
                            && !turns.get(turn).equals(step);
                    if (isOutOfTurn) {
                        l++;
                        continue;
                    }
                }
                if (l < live.size() && stepLive()) {
                    continue;
                }
                if (a < applied.size()) {
                    boolean isTurn = turn < turns.size() && turns.get(turn).equals(applied.get(a));
                    take();
                    turn += isTurn ? 1 : 0;
                }
            }
            return slots;
        }

        /// True if an element was taken as it is.
        private boolean stepLive() {
            FieldStep step = live.get(l);
            if (!isApplied.contains(step)) {
                slots.add(new Slot(step, l++));
                return true;
            }
            if (done.contains(step)) {
                l++;
            }
            return false;
        }

        private void take() {
            FieldStep step = applied.get(a++);
            done.add(step);
            slots.add(new Slot(step, -1));
        }
    }
}
