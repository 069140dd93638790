package dev.longshore.apiserver;

import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ManagedFields;
import dev.longshore.model.Reach;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Schema;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Writes down who owns which fields of the objects that are written: see [ManagedFields].
final class Owners {

    private final Machine machine;
    private final ManagedFields fields;

    Owners(Machine machine) {
        this.machine = machine;
        this.fields = new ManagedFields(machine.schemas);
    }

    /// Notes in `object`, which is new, that it belongs to who makes it.
    void created(Write write, Resource object) {
        write.manager().ifPresent(manager -> {
            Resource nothing = nothing(object.kind());
            Reach reach = write.definition().strategy().reach();
            fields.update(nothing, object, manager, place(write.definition(), reach), machine.time.now());
        });
    }

    /// Notes in `object`, which was `old`, what belongs to who changed it.
    void changed(Write write, Reach reach, Resource old, Resource object) {
        write.manager()
                .ifPresent(manager ->
                        fields.update(old, object, manager, place(write.definition(), reach), machine.time.now()));
    }

    /// The object that comes of applying `wanted` to `live`; see [ManagedFields#apply].
    Resource applied(
            ResourceDefinition definition,
            Reach reach,
            Resource live,
            Resource wanted,
            ManagedFields.Manager manager,
            boolean force) {
        return fields.apply(live, wanted, manager, force, place(definition, reach), machine.time.now());
    }

    /// The same, of a kind that stands in for another.
    ManagedFields fields() {
        return fields;
    }

    /// An object of `kind` that is not there yet.
    static Resource nothing(GroupVersionKind kind) {
        Resource nothing = Resource.of(kind, "", "");
        nothing.metadata().removeAll();
        return nothing;
    }

    private ManagedFields.Place place(ResourceDefinition definition, Reach reach) {
        return new ManagedFields.Place(
                machine.schema(definition).orElse(Schema.ANYTHING),
                reach,
                (tree, apiVersion) -> inVersion(definition, tree, apiVersion));
    }

    private Optional<ManagedFields.Versioned> inVersion(
            ResourceDefinition definition, ObjectNode tree, String apiVersion) {
        var kind = GroupVersionKind.of(apiVersion, definition.kind().kind());
        return machine.catalog()
                .find(kind)
                .filter(other ->
                        other.storage().prefix().equals(definition.storage().prefix()))
                .flatMap(other -> {
                    var from = GroupVersionKind.of(tree.path("apiVersion").asString(""), kind.kind());
                    return machine.catalog()
                            .find(from)
                            .map(start -> new ManagedFields.Versioned(
                                    Versions.converted(start, other, new Resource(tree))
                                            .tree(),
                                    machine.schema(other).orElse(Schema.ANYTHING)));
                });
    }
}
