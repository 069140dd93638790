package dev.longshore.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Removes what a manager applied last time and does not apply now, unless somebody owns it.
record Pruning(TypedTree trees, ManagedFields.Place place) {

    /// `merged` without what is only in `last`.
    ///
    /// @param entries the owners, with what the manager applies now
    ObjectNode prune(ObjectNode merged, List<ManagedEntry> entries, ManagedEntry last, ManagedFields.Manager manager) {
        String version = last.manager().apiVersion();
        Optional<ManagedFields.Versioned> start = in(merged, version, manager);
        if (last.fields().isEmpty() || start.isEmpty()) {
            return merged;
        }
        TypedShape shape = trees.shape(start.get().schema());
        ObjectNode whole = start.get().tree();
        ObjectNode pruned = remove(whole, named(last.fields(), shape), shape);
        pruned = withOwned(whole, pruned, version, entries, manager);
        pruned = withDangling(whole, pruned, last.fields(), shape);
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

    private static FieldSet named(FieldSet set, TypedShape shape) {
        return FieldRemoval.withNamedFields(set, shape);
    }

    private static ObjectNode remove(ObjectNode tree, FieldSet gone, TypedShape shape) {
        return FieldRemoval.remove(tree, gone, shape) instanceof ObjectNode left
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
            TypedShape shape = trees.shape(all.get().schema());
            FieldSet there = named(FieldPlaces.sent(all.get().tree(), shape), shape);
            FieldSet kept =
                    named(FieldPlaces.sent(some.get().tree(), shape), shape).plus(named(one.getValue(), shape));
            ObjectNode back = remove(all.get().tree(), there.minus(kept), shape);
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
    private static ObjectNode withDangling(ObjectNode whole, ObjectNode pruned, FieldSet last, TypedShape shape) {
        FieldSet gone =
                named(FieldPlaces.sent(whole, shape), shape).minus(named(FieldPlaces.sent(pruned, shape), shape));
        return remove(whole, gone.and(named(last, shape)), shape);
    }
}
