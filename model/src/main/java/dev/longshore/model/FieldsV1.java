package dev.longshore.model;

import dev.longshore.base.Json;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// [FieldSet]s as JSON.
final class FieldsV1 {

    private static final String SELF = ".";
    /// Shared by all printed leaves: nobody changes what lies below `fieldsV1`.
    private static final ObjectNode LEAF = Json.object();

    private FieldsV1() {}

    /// Reads `fieldsV1`; steps of a kind that nobody knows are dropped.
    ///
    /// @throws Json.MalformedException when it is none
    static FieldSet parse(JsonNode fields) {
        return below(fields).map(FieldSet::withoutSelf).orElse(FieldSet.NONE);
    }

    /// Empty for an object without any step: a leaf.
    private static Optional<FieldSet> below(JsonNode fields) {
        if (!fields.isObject()) {
            throw new Json.MalformedException("an object was expected", null);
        }
        var set = new FieldSet.Builder(fields.size());
        boolean isMember = false;
        for (var entry : fields.properties()) {
            if (entry.getKey().equals(SELF)) {
                isMember = true;
                continue;
            }
            Optional<FieldStep> step = FieldStep.parse(entry.getKey());
            if (step.isPresent()) {
                set.add(step.get(), below(entry.getValue()).orElse(FieldSet.HERE));
            }
        }
        FieldSet found = set.build(isMember);
        return found.hasBelow() ? Optional.of(found) : Optional.empty();
    }

    /// True if both have a member in common; `fields` is known to be spelled as [#print] does.
    static boolean touches(JsonNode fields, FieldSet set) {
        for (int i = 0; i < set.size(); i++) {
            JsonNode below = fields.get(set.step(i).text());
            if (below == null) {
                continue;
            }
            boolean isMember = below.isEmpty() || below.has(SELF);
            if (isMember && set.below(i).isMember() || touches(below, set.below(i))) {
                return true;
            }
        }
        return false;
    }

    /// As `fieldsV1`; the root itself is never a member.
    static ObjectNode print(FieldSet set) {
        ObjectNode node = Json.object();
        for (int i = 0; i < set.size(); i++) {
            node.set(set.step(i).text(), printed(set.below(i)));
        }
        return node;
    }

    private static ObjectNode printed(FieldSet set) {
        if (!set.hasBelow()) {
            return LEAF;
        }
        ObjectNode node = Json.object();
        if (set.isMember()) {
            node.set(SELF, LEAF);
        }
        for (int i = 0; i < set.size(); i++) {
            node.set(set.step(i).text(), printed(set.below(i)));
        }
        return node;
    }
}
