package dev.longshore.model;

import dev.longshore.base.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Who owns which fields of an object: `metadata.managedFields`, kept for every write, and server-side apply,
/// which is built on it.
///
/// A write owns what it adds or alters. An apply owns what it sends; it conflicts with whoever else owns what
/// it would alter, and removes what its manager applied last time, does not apply now, and nobody else owns.
/// Thread-safe.
public final class ManagedFields {

    static final String FIELD = "managedFields";
    private static final String BEFORE = "before-first-apply";

    /// What belongs to the machine, or says what object it is.
    private static final FieldSet NOBODYS = FieldsV1.parse(Json.parse("""
            {"f:apiVersion":{},"f:kind":{},"f:metadata":{".":{},"f:name":{},"f:namespace":{},"f:uid":{},
            "f:creationTimestamp":{},"f:generation":{},"f:resourceVersion":{},"f:managedFields":{},"f:selfLink":{},
            "f:clusterName":{}}}"""));

    private final TypedTree trees;

    /// For objects of `schemas`.
    public ManagedFields(Schemas schemas) {
        this.trees = new TypedTree(schemas);
    }

    /// Who writes.
    ///
    /// @param apiVersion in which the fields are named
    /// @param subresource empty for the object itself
    public record Manager(String name, String apiVersion, String subresource) {
        public Manager {
            name = name.isEmpty() ? "unknown" : name;
        }
    }

    /// The kind of object that is written, and the path through which.
    ///
    /// @param reach what that path can own
    /// @param versions the same objects in other versions
    public record Place(Schema schema, Reach reach, Versions versions) {}

    /// An object in the version that its schema describes.
    public record Versioned(ObjectNode tree, Schema schema) {}

    /// Turns objects into other versions of their kind.
    @FunctionalInterface
    public interface Versions {
        /// Knows no other version.
        Versions ONE = (object, apiVersion) -> Optional.empty();

        /// `object` in `apiVersion`; empty if that version is served no more.
        Optional<Versioned> in(ObjectNode object, String apiVersion);
    }

    /// True if both objects are the same but for their resourceVersions and the times of their owners: a write
    /// that says so changes nothing, so nothing is to be stored.
    public static boolean sameButTimes(Resource left, Resource right) {
        boolean isSameMetadata =
                Scalars.sameBut(left.at("metadata"), right.at("metadata"), List.of("resourceVersion", FIELD));
        return isSameMetadata
                && ManagedEntry.sameButTimes(left.at("metadata", FIELD), right.at("metadata", FIELD))
                && Scalars.sameBut(left.tree(), right.tree(), List.of("metadata"));
    }

    /// Why the owners that `object` names make no sense; empty if they do.
    public static Optional<String> mistake(Resource object) {
        int index = 0;
        for (JsonNode entry : object.at("metadata", FIELD)) {
            Optional<String> why = ManagedEntry.mistake(entry, index++);
            if (why.isPresent()) {
                return why;
            }
        }
        return Optional.empty();
    }

    /// What a change did, in each version that somebody owns fields in.
    private final class Change {
        private final ObjectNode before;
        private final ObjectNode after;
        private final Manager manager;
        private final Place place;
        private final Map<String, Optional<Difference>> byVersion = new HashMap<>();

        Change(ObjectNode before, ObjectNode after, Manager manager, Place place) {
            this.before = before;
            this.after = after;
            this.manager = manager;
            this.place = place;
        }

        Difference own() {
            return in(manager.apiVersion).orElseThrow();
        }

        Optional<Difference> in(String version) {
            return byVersion.computeIfAbsent(version, this::difference);
        }

        private Optional<Difference> difference(String version) {
            if (version.equals(manager.apiVersion)) {
                return Optional.of(difference(before, after, place.schema));
            }
            return place.versions
                    .in(before, version)
                    .flatMap(old ->
                            place.versions.in(after, version).map(now -> difference(old.tree, now.tree, now.schema)));
        }

        private Difference difference(ObjectNode old, ObjectNode now, Schema schema) {
            JsonNode skeleton = trees.schemas().skeleton(schema);
            TypedShape shape = trees.shape(schema);
            return new Difference(
                    place.reach.filter(FieldChanges.gained(old, now, shape, skeleton)),
                    place.reach.filter(FieldChanges.lost(old, now, shape, skeleton)));
        }
    }

    private record Difference(FieldSet gained, FieldSet lost) {}

    /// Writes into `object` who owns what after it was changed from `live` in another way than by apply.
    ///
    /// @param live what was there before; an object without uid if there was nothing
    /// @param object with the managedFields that the client sent: they count where they make sense, and an
    /// empty list makes everything nobody's
    public void update(Resource live, Resource object, Manager manager, Place place, Instant now) {
        JsonNode sent = object.metadata().remove(FIELD);
        Optional<List<ManagedEntry>> start = start(live, sent, !manager.subresource.isEmpty());
        if (start.isEmpty()) {
            return;
        }
        try {
            List<ManagedEntry> entries =
                    afterUpdate(live.tree(), object.tree(), start.get(), manager, place, Times.print(now));
            ManagedEntry.write(object, entries);
        } catch (TypedTree.Untyped broken) {
            // Lists whose elements cannot be told apart: nothing is known of such an object.
            object.metadata().remove(FIELD);
        }
    }

    /// The entries to begin with; empty if none are to be kept.
    private static Optional<List<ManagedEntry>> start(Resource live, JsonNode sent, boolean isPart) {
        boolean isNew = live.uid().isEmpty();
        boolean isReset = !isPart
                && sent != null
                && sent.isArray()
                && (sent.isEmpty() || sent.size() == 1 && sent.get(0).isEmpty());
        JsonNode stored = live.at("metadata", FIELD);
        List<ManagedEntry> entries = List.of();
        if (!isReset) {
            // Most clients send back what they got.
            boolean isOther = !isPart && sent != null && !sent.equals(stored);
            Optional<List<ManagedEntry>> given =
                    isOther ? ManagedEntry.sent(sent).filter(list -> !list.isEmpty()) : Optional.empty();
            entries = given.orElseGet(() -> ManagedEntry.stored(stored));
        }
        return entries.isEmpty() && !isNew ? Optional.empty() : Optional.of(new ArrayList<>(entries));
    }

    private List<ManagedEntry> afterUpdate(
            ObjectNode before,
            ObjectNode after,
            List<ManagedEntry> entries,
            Manager manager,
            Place place,
            String time) {
        var change = new Change(before, after, manager, place);
        List<ManagedEntry> left = settle(entries, change, Optional.empty(), new ArrayList<>());
        FieldSet own = change.own().gained.minus(NOBODYS);
        if (!own.isEmpty()) {
            for (ManagedEntry entry : List.copyOf(left)) {
                if (entry.isBy(manager, false)) {
                    own = own.plus(entry.fields());
                    left.remove(entry);
                }
            }
            left.add(ManagedEntry.of(manager, false, time, own));
        }
        AncientChanges.merge(left);
        return left;
    }

    /// What the entries are after a change; those that own nothing any more are gone.
    ///
    /// @param own of whoever changes; it loses nothing
    /// @param conflicts gets an entry with what it lost to the change, for each that lost
    private static List<ManagedEntry> settle(
            List<ManagedEntry> entries, Change change, Optional<ManagedEntry> own, List<ManagedEntry> conflicts) {
        var left = new ArrayList<ManagedEntry>(entries.size() + 1);
        for (ManagedEntry entry : entries) {
            if (own.isEmpty() || own.get() != entry) {
                Optional<Difference> difference = change.in(entry.manager().apiVersion());
                if (difference.isEmpty()) {
                    continue;
                }
                FieldSet taken = entry.shared(difference.get().gained);
                FieldSet gone = entry.shared(difference.get().lost);
                if (!taken.isEmpty()) {
                    conflicts.add(entry.with(taken));
                }
                if (!taken.isEmpty() || !gone.isEmpty()) {
                    FieldSet fields = entry.fields().minus(taken).minus(gone);
                    if (!fields.isEmpty()) {
                        left.add(entry.with(fields));
                    }
                    continue;
                }
            }
            if (!entry.isHollow()) {
                left.add(entry);
            }
        }
        return left;
    }

    /// The object that comes of applying `wanted` to `live`; with nulls where `wanted` has them and where
    /// something was removed. It may share parts with both.
    ///
    /// @param live an object without uid if there is nothing yet
    /// @param force takes fields from other owners instead of refusing
    /// @throws FaultException when others own what `wanted` would change (409), or `wanted` is not of its kind's
    /// shape
    public Resource apply(Resource live, Resource wanted, Manager manager, boolean force, Place place, Instant now) {
        requireShape(wanted, place.schema);
        List<ManagedEntry> entries = ManagedEntry.stored(live.at("metadata", FIELD));
        String time = Times.print(now);
        if (entries.isEmpty()) {
            var before = new Manager(BEFORE, manager.apiVersion, manager.subresource);
            entries = afterUpdate(Json.object(), live.tree(), entries, before, place, time);
        }
        var apply = new Apply(live, wanted, manager, place, entries, time);
        return LastApplied.apply(apply, manager, live, wanted, force, trees.shape(place.schema));
    }

    private void requireShape(Resource wanted, Schema schema) {
        List<String> errors = TypedCheck.errors(wanted.tree(), trees.shape(schema));
        if (!errors.isEmpty()) {
            String all = TypedCheck.joined(errors);
            throw new FaultException(new Fault.BadRequest("failed to create typed patch object (%s/%s; %s): %s"
                    .formatted(wanted.namespace(), wanted.name(), wanted.kind(), all)));
        }
    }

    /// One apply under way.
    final class Apply {
        private final Resource live;
        private final Manager manager;
        private final List<ManagedEntry> entries;
        private final String time;
        private final ManagedEntry own;
        private final ObjectNode changed;
        private final Change change;

        private Apply(
                Resource live, Resource wanted, Manager manager, Place place, List<ManagedEntry> entries, String time) {
            this.live = live;
            this.manager = manager;
            this.time = time;
            Optional<ManagedEntry> last =
                    entries.stream().filter(entry -> entry.isBy(manager, true)).findFirst();
            FieldSet sent = place.reach.filter(FieldPlaces.sent(wanted.tree(), trees.shape(place.schema)));
            this.own =
                    ManagedEntry.of(manager, true, last.map(ManagedEntry::time).orElse(""), sent);
            this.entries = new ArrayList<>(entries);
            last.ifPresent(this.entries::remove);
            this.entries.add(own);
            var merged = (ObjectNode) FieldMerge.merge(live.tree(), wanted.tree(), trees.shape(place.schema));
            this.changed = last.map(entry -> new Pruning(trees, place).prune(merged, this.entries, entry, manager))
                    .orElse(merged);
            this.change = new Change(live.tree(), changed, manager, place);
        }

        /// Those whose fields it changes, each with these fields; in the order of their identifiers.
        List<ManagedEntry> conflicts() {
            var conflicts = new ArrayList<ManagedEntry>();
            settle(entries, change, Optional.of(own), conflicts);
            conflicts.sort(Comparator.comparing(ManagedEntry::identifier));
            return conflicts;
        }

        /// The object with its owners, whatever the conflicts.
        Resource forced() {
            List<ManagedEntry> left = settle(entries, change, Optional.of(own), new ArrayList<>());
            boolean isSame = Scalars.same(live.tree(), changed);
            FieldSet fields = own.fields().minus(NOBODYS);
            left.remove(own);
            if (!fields.isEmpty()) {
                left.add(ManagedEntry.of(manager, true, isSame ? own.time() : time, fields));
            }
            ObjectNode metadata = Json.object();
            changed.path("metadata").properties().forEach(field -> metadata.set(field.getKey(), field.getValue()));
            ObjectNode tree = Json.object();
            changed.properties().forEach(field -> tree.set(field.getKey(), field.getValue()));
            tree.set("metadata", metadata);
            var result = new Resource(tree);
            ManagedEntry.write(result, left);
            return result;
        }
    }
}
