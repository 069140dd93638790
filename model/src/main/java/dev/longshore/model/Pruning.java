package dev.longshore.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Removes what a manager applied last time and does not apply now, unless somebody owns it.
record Pruning(TypedTree trees, FieldPlaces places, ManagedFields.Place place) {

    /// `merged` without what is only in `last`.
    ///
    /// @param entries the owners, with what the manager applies now
    ObjectNode prune(ObjectNode merged, List<ManagedEntry> entries, ManagedEntry last, ManagedFields.Manager manager) {
        String version = last.manager().apiVersion();
        Optional<ManagedFields.Versioned> start = in(merged, version, manager);
        if (last.fields().isEmpty() || start.isEmpty()) {
            return merged;
        }
        Schema schema = start.get().schema();
        ObjectNode whole = start.get().tree();
        ObjectNode pruned = remove(whole, named(last.fields(), schema), schema);
        pruned = withOwned(whole, pruned, version, entries, manager);
        pruned = withDangling(whole, pruned, last.fields(), schema);
        return version.equals(manager.apiVersion())
                ? pruned
                : in(pruned, manager.apiVersion(), manager)
                        .map(ManagedFields.Versioned::tree)
                        .orElse(merged);
    }

    private Optional<ManagedFields.Versioned> in(ObjectNode tree, String version, ManagedFields.Manager manager) {
        boolean isThere = tree.path("apiVersion").asString("").equals(version);
        return isThere && version.equals(manager.apiVersion())
                ? Optional.of(new ManagedFields.Versioned(tree, place.schema()))
                : place.versions().in(tree, version);
    }

    private FieldSet named(FieldSet set, Schema schema) {
        return new FieldRemoval(trees).withNamedFields(set, schema);
    }

    private ObjectNode remove(ObjectNode tree, FieldSet gone, Schema schema) {
        return new FieldRemoval(trees).remove(tree, gone, schema) instanceof ObjectNode left
                ? left
                : dev.longshore.base.Json.object();
    }

    /// Puts back what somebody owns, first in the version in which it was removed.
    private ObjectNode withOwned(
            ObjectNode whole,
            ObjectNode pruned,
            String version,
            List<ManagedEntry> entries,
            ManagedFields.Manager manager) {
        Map<String, FieldSet> owned = new LinkedHashMap<>();
        owned.put(version, FieldSet.NONE);
        for (ManagedEntry entry : entries) {
            owned.merge(entry.manager().apiVersion(), entry.fields(), FieldSet::plus);
        }
        ObjectNode left = pruned;
        for (var one : owned.entrySet()) {
            boolean isSame = one.getKey().equals(version);
            var all = in(whole, one.getKey(), manager);
            var some = in(left, one.getKey(), manager);
            if (all.isEmpty() || some.isEmpty()) {
                continue;
            }
            Schema schema = all.get().schema();
            FieldSet there = named(places.sent(all.get().tree(), schema), schema);
            FieldSet kept =
                    named(places.sent(some.get().tree(), schema), schema).plus(named(one.getValue(), schema));
            ObjectNode back = remove(all.get().tree(), there.minus(kept), schema);
            left = isSame
                    ? back
                    : in(back, version, manager)
                            .map(ManagedFields.Versioned::tree)
                            .orElse(left);
        }
        return left;
    }

    /// Puts back what the manager had not applied either, such as what stood below an element that it removes
    /// without owning it.
    private ObjectNode withDangling(ObjectNode whole, ObjectNode pruned, FieldSet last, Schema schema) {
        FieldSet gone = named(places.sent(whole, schema), schema).minus(named(places.sent(pruned, schema), schema));
        return remove(whole, gone.and(named(last, schema)), schema);
    }
}
