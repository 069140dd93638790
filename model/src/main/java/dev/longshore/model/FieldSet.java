package dev.longshore.model;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A set of places in an object, as `managedFields` keep it (`fieldsV1`): a tree whose steps are `f:NAME`,
/// `k:{KEYS}` (an element of a list by its keys) and `v:VALUE` (an element by itself). Immutable.
///
/// ```
/// f:spec ── f:replicas*                    * belongs to the set
///        └─ f:containers ── k:{"name":"a"}* ── f:image*
/// ```
///
/// @param isMember whether the place where this tree begins belongs to the set
record FieldSet(boolean isMember, TreeMap<String, FieldSet> steps) {

    static final FieldSet NONE = new FieldSet(false, new TreeMap<>());
    static final FieldSet HERE = new FieldSet(true, new TreeMap<>());

    private static final String SELF = ".";

    /// Reads `fieldsV1`.
    static FieldSet parse(JsonNode fields) {
        var steps = new TreeMap<String, FieldSet>();
        fields.properties().stream()
                .filter(entry -> !entry.getKey().equals(SELF))
                .forEach(entry -> steps.put(entry.getKey(), parse(entry.getValue())));
        return new FieldSet(fields.isEmpty() || fields.has(SELF), steps);
    }

    /// As `fieldsV1`; the root itself is never a member.
    ObjectNode print() {
        ObjectNode node = Json.object();
        if (isMember && !steps.isEmpty()) {
            node.putObject(SELF);
        }
        steps.forEach((step, rest) -> node.set(step, rest.print()));
        return node;
    }

    boolean isEmpty() {
        return !isMember && steps.isEmpty();
    }

    FieldSet withSelf() {
        return new FieldSet(true, steps);
    }

    FieldSet step(String step) {
        return steps.getOrDefault(step, NONE);
    }

    /// With `rest` below `step`, if there is anything in it.
    FieldSet with(String step, FieldSet rest) {
        var more = new TreeMap<>(steps);
        if (rest.isEmpty()) {
            more.remove(step);
        } else {
            more.put(step, rest);
        }
        return new FieldSet(isMember, more);
    }

    FieldSet plus(FieldSet other) {
        var all = new TreeMap<>(steps);
        other.steps.forEach((step, rest) -> all.merge(step, rest, FieldSet::plus));
        return new FieldSet(isMember || other.isMember, all);
    }

    FieldSet minus(FieldSet other) {
        var left = new TreeMap<String, FieldSet>();
        steps.forEach((step, rest) -> {
            FieldSet difference = rest.minus(other.step(step));
            if (!difference.isEmpty()) {
                left.put(step, difference);
            }
        });
        return new FieldSet(isMember && !other.isMember, left);
    }

    FieldSet and(FieldSet other) {
        var both = new TreeMap<String, FieldSet>();
        steps.forEach((step, rest) -> {
            FieldSet common = rest.and(other.step(step));
            if (!common.isEmpty()) {
                both.put(step, common);
            }
        });
        return new FieldSet(isMember && other.isMember, both);
    }

    /// The members as people read them: `.spec.containers[name="a"].image`.
    List<String> paths() {
        var paths = new ArrayList<String>();
        collect("", paths);
        return paths;
    }

    private void collect(String path, List<String> paths) {
        if (isMember) {
            paths.add(path);
        }
        steps.forEach((step, rest) -> rest.collect(path + shown(step), paths));
    }

    private static String shown(String step) {
        String text = step.substring(2);
        return switch (step.charAt(0)) {
            case 'f' -> "." + text;
            case 'k' -> {
                var keys = new ArrayList<String>();
                Json.parse(text).properties().forEach(key -> keys.add(key.getKey() + "=" + key.getValue()));
                yield "[" + String.join(",", keys) + "]";
            }
            default -> "[=" + text + "]";
        };
    }
}
