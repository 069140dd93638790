package dev.longshore.model;

import dev.longshore.base.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Who owns which fields of an object, and server-side apply, which is built on it.
///
/// Ownership is written down from an object's first apply on: until then nobody asks for it, and it would
/// double the size of most objects. What was there before belongs to `before-first-apply`, as with objects that
/// are older than server-side apply.
public final class ManagedFields {

    private static final String FIELD = "managedFields";
    private static final String APPLY = "Apply";
    private static final String UPDATE = "Update";
    private static final String BEFORE = "before-first-apply";

    /// What belongs to the machine, or says what object it is.
    private static final FieldSet NOBODYS = FieldSet.parse(Json.parse("""
            {"f:apiVersion":{},"f:kind":{},"f:metadata":{".":{},"f:name":{},"f:namespace":{},"f:uid":{},
            "f:creationTimestamp":{},"f:generation":{},"f:resourceVersion":{},"f:managedFields":{},"f:selfLink":{},
            "f:deletionTimestamp":{},"f:deletionGracePeriodSeconds":{},"f:generateName":{}}}"""));

    private final TypedTree trees;

    /// For objects of `schemas`.
    public ManagedFields(Schemas schemas) {
        this.trees = new TypedTree(schemas);
    }

    /// Who writes.
    ///
    /// @param subresource empty for the object itself
    public record Manager(String name, String apiVersion, String subresource) {}

    private record Entry(Manager manager, String operation, String time, FieldSet fields) {
        boolean isBy(Manager other, String how) {
            return manager.equals(other) && operation.equals(how);
        }

        Entry with(FieldSet changed) {
            return new Entry(manager, operation, time, changed);
        }
    }

    /// The object that comes of applying `wanted` to nothing: `wanted`, owned by its manager.
    public Resource created(Resource wanted, Manager manager, Schema schema, Instant now) {
        Resource object = wanted.copy();
        FieldSet set = owned(wanted, schema);
        print(object, List.of(new Entry(manager, APPLY, Times.print(now), set)));
        return object;
    }

    /// The object that comes of applying `wanted` to `live`.
    ///
    /// @param force takes fields from other owners instead of refusing
    /// @throws FaultException with status 409 when others own what `wanted` would change
    public Resource applied(
            Resource live, Resource wanted, Manager manager, boolean force, Schema schema, Instant now) {
        List<Entry> entries = entriesOrOldOwner(live, schema);
        FieldSet set = owned(wanted, schema);
        FieldSet changed = trees.changes(live.tree(), wanted.tree(), schema).minus(NOBODYS);
        var others = new ArrayList<Entry>();
        var conflicts = new ArrayList<Cause>();
        FieldSet last = FieldSet.NONE;
        FieldSet foreign = FieldSet.NONE;
        for (Entry entry : entries) {
            if (entry.isBy(manager, APPLY)) {
                last = entry.fields;
                continue;
            }
            FieldSet overlap = entry.fields.and(changed);
            overlap.paths().forEach(path -> conflicts.add(conflict(entry, path)));
            Entry left = entry.with(entry.fields.minus(overlap));
            others.add(left);
            foreign = foreign.plus(left.fields);
        }
        if (!conflicts.isEmpty() && !force) {
            throw new FaultException(new Fault.ApplyConflict(conflicts));
        }
        ObjectNode merged = (ObjectNode) trees.merge(live.tree(), wanted.tree(), schema);
        trees.remove(merged, last.minus(set).minus(foreign), schema);
        var result = new Resource(merged);
        result.metadata().put("resourceVersion", resourceVersion(live, wanted));
        boolean isSame = last.equals(set) && changed.isEmpty();
        others.add(new Entry(manager, APPLY, isSame ? time(entries, manager, now) : Times.print(now), set));
        print(result, others);
        return result;
    }

    /// Writes into `object` who owns what after it was changed from `old` in another way than by apply. Does
    /// nothing for objects that were never applied.
    public void track(Resource old, Resource object, Manager manager, Schema schema, Instant now) {
        boolean isTracked = !entries(old).isEmpty();
        JsonNode sent = object.at("metadata", FIELD);
        boolean isReset = sent.isArray() && sent.valueStream().allMatch(JsonNode::isEmpty);
        if (!isTracked || isReset) {
            object.metadata().remove(FIELD);
            return;
        }
        FieldSet changed = trees.changes(old.tree(), object.tree(), schema).minus(NOBODYS);
        FieldSet gone = owned(old, schema).minus(owned(object, schema));
        var entries = new ArrayList<Entry>();
        FieldSet own = changed;
        for (Entry entry : sent.isArray() ? entries(object) : entries(old)) {
            FieldSet left = entry.fields.minus(gone);
            if (entry.isBy(manager, UPDATE)) {
                own = own.plus(left);
            } else {
                entries.add(entry.with(left.minus(changed)));
            }
        }
        entries.add(new Entry(manager, UPDATE, Times.print(now), own));
        if (changed.isEmpty() && gone.isEmpty() && !sent.isArray()) {
            old.find("metadata", FIELD).ifPresent(fields -> object.metadata().set(FIELD, fields));
            return;
        }
        print(object, entries);
    }

    private static String resourceVersion(Resource live, Resource wanted) {
        return wanted.resourceVersion().isEmpty() ? live.resourceVersion() : wanted.resourceVersion();
    }

    private static String time(List<Entry> entries, Manager manager, Instant now) {
        return entries.stream()
                .filter(entry -> entry.isBy(manager, APPLY))
                .map(Entry::time)
                .findFirst()
                .orElseGet(() -> Times.print(now));
    }

    private static Cause conflict(Entry entry, String path) {
        String subresource =
                entry.manager.subresource.isEmpty() ? "" : " with subresource \"" + entry.manager.subresource + '"';
        return new Cause(
                "FieldManagerConflict",
                path,
                "conflict with \"%s\"%s using %s".formatted(entry.manager.name, subresource, entry.manager.apiVersion));
    }

    private FieldSet owned(Resource object, Schema schema) {
        return trees.places(object.tree(), schema).minus(NOBODYS);
    }

    private List<Entry> entriesOrOldOwner(Resource live, Schema schema) {
        List<Entry> entries = entries(live);
        if (!entries.isEmpty()) {
            return entries;
        }
        var before = new Manager(BEFORE, live.text("apiVersion"), "");
        return List.of(new Entry(before, UPDATE, live.text("metadata", "creationTimestamp"), owned(live, schema)));
    }

    private static List<Entry> entries(Resource object) {
        var entries = new ArrayList<Entry>();
        for (JsonNode node : object.at("metadata", FIELD)) {
            var manager = new Manager(
                    node.path("manager").asString(""),
                    node.path("apiVersion").asString(""),
                    node.path("subresource").asString(""));
            entries.add(new Entry(
                    manager,
                    node.path("operation").asString(""),
                    node.path("time").asString(""),
                    Optional.ofNullable(node.get("fieldsV1"))
                            .map(FieldSet::parse)
                            .orElse(FieldSet.NONE)));
        }
        return entries;
    }

    private static void print(Resource object, List<Entry> entries) {
        ArrayNode list = object.metadata().putArray(FIELD);
        for (Entry entry : entries) {
            if (entry.fields.isEmpty()) {
                continue;
            }
            ObjectNode node = list.addObject()
                    .put("manager", entry.manager.name)
                    .put("operation", entry.operation)
                    .put("apiVersion", entry.manager.apiVersion);
            if (!entry.time.isEmpty()) {
                node.put("time", entry.time);
            }
            node.put("fieldsType", "FieldsV1").set("fieldsV1", entry.fields.print());
            if (!entry.manager.subresource.isEmpty()) {
                node.put("subresource", entry.manager.subresource);
            }
        }
        if (list.isEmpty()) {
            object.metadata().remove(FIELD);
        }
    }
}
