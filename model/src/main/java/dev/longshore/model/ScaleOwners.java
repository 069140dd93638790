package dev.longshore.model;

import java.util.ArrayList;
import java.util.List;

/// The owners of an object's number of replicas, seen from its `scale` subresource, where that field has
/// another place and another version.
///
/// @param apiVersion of the object
/// @param path of the number in the object, as `spec.replicas`
public record ScaleOwners(String apiVersion, String path) {

    private static final String SCALE = "autoscaling/v1";
    private static final FieldSet REPLICAS = FieldSet.of("spec.replicas");

    /// Writes into `scale` who owns the number in `object`.
    public void show(Resource object, Resource scale) {
        var shown = new ArrayList<ManagedEntry>();
        for (ManagedEntry entry : entries(object)) {
            boolean isOwner = entry.manager().apiVersion().equals(apiVersion)
                    && entry.fields().has(path);
            if (isOwner) {
                shown.add(ManagedEntry.of(in(entry, SCALE), entry.isApply(), entry.time(), REPLICAS));
            }
        }
        ManagedEntry.write(scale, shown);
    }

    /// Writes into `object` who owns its number after `scale` was written; all else stays its owners'. A new
    /// owner has no time, as with the reference implementation.
    public void takeOver(Resource scale, Resource object) {
        List<ManagedEntry> owners = new ArrayList<>(entries(scale).stream()
                .filter(entry -> entry.fields().has("spec.replicas"))
                .map(entry -> ManagedEntry.of(in(entry, apiVersion), entry.isApply(), "", FieldSet.of(path)))
                .toList());
        var left = new ArrayList<ManagedEntry>();
        for (ManagedEntry entry : entries(object)) {
            if (!entry.manager().apiVersion().equals(apiVersion)) {
                continue;
            }
            boolean isStill = owners.removeIf(entry::isSameManager);
            FieldSet fields = isStill ? entry.fields() : entry.fields().minus(FieldSet.of(path));
            if (!fields.isEmpty()) {
                left.add(entry.with(isStill ? fields.plus(FieldSet.of(path)) : fields));
            }
        }
        left.addAll(owners);
        ManagedEntry.write(object, left);
    }

    private static List<ManagedEntry> entries(Resource object) {
        return ManagedEntry.stored(object.at("metadata", ManagedFields.FIELD));
    }

    private static ManagedFields.Manager in(ManagedEntry entry, String version) {
        return new ManagedFields.Manager(
                entry.manager().name(), version, entry.manager().subresource());
    }
}
