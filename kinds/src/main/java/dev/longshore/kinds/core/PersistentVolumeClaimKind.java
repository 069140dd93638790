package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.ResourceChecks;
import dev.longshore.model.Quantity;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import tools.jackson.databind.node.ObjectNode;

/// A wish for storage.
final class PersistentVolumeClaimKind {

    private PersistentVolumeClaimKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "PersistentVolumeClaim", "persistentvolumeclaims")
                .showsDeleted()
                .shortNames("pvc")
                .status()
                .initialStatus(claim -> Defaults.object(claim, "status").put("phase", "Pending"))
                .noGeneration()
                .table(Columns.named()
                        .text(
                                "Status",
                                "Its phase.",
                                claim -> claim.isTerminating() ? "Terminating" : claim.text("status", "phase"))
                        .text("Volume", "What it has.", claim -> claim.text("spec", "volumeName"))
                        .text("Capacity", "How much that holds.", PersistentVolumeClaimKind::capacity)
                        .text("Access Modes", "How it may be mounted.", PersistentVolumeClaimKind::modes)
                        .text("StorageClass", "Its class.", claim -> claim.text("spec", "storageClassName"))
                        .text(
                                "VolumeAttributesClass",
                                "Its class of attributes.",
                                claim -> PersistentVolumeKind.orUnset(claim.text("spec", "volumeAttributesClassName")))
                        .age()
                        .wide(
                                "VolumeMode",
                                "Filesystem or Block.",
                                claim -> PersistentVolumeKind.orUnset(claim.text("spec", "volumeMode")))
                        .table())
                .defaults(claim ->
                        Trees.object(claim, "spec").ifPresent(spec -> Defaults.put(spec, "volumeMode", "Filesystem")))
                .checks(PersistentVolumeClaimKind::check)
                .changeChecks(PersistentVolumeClaimKind::checkChange)
                .build();
    }

    private static void check(Checks checks, ObjectNode claim) {
        PersistentVolumeKind.modes(checks, "spec.accessModes", claim);
        Selectors.check(checks, "spec.selector", Trees.at(claim, "spec", "selector"));
        var storage = Trees.at(claim, "spec", "resources", "requests", "storage");
        if (storage.isMissingNode()) {
            checks.required("spec.resources[storage]");
        } else {
            ResourceChecks.amount(checks, "spec.resources[storage]", storage, "");
        }
        checks.oneOf("spec.volumeMode", Trees.text(claim, "spec", "volumeMode"), "Block", "Filesystem");
    }

    private static void checkChange(Checks checks, ObjectNode claim, ObjectNode old) {
        if (!fixed(claim, old).equals(fixed(old, old))) {
            checks.forbidden(
                    "spec",
                    "spec is immutable after creation except resources.requests and volumeAttributesClassName for"
                            + " bound claims");
        }
        Quantity now = storage(claim);
        Quantity before = storage(old);
        if (now.compareTo(before) < 0) {
            checks.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity");
        }
    }

    private static Quantity storage(ObjectNode claim) {
        return Quantity.find(Trees.text(claim, "spec", "resources", "requests", "storage"))
                .orElse(Quantity.ZERO);
    }

    /// The spec without what may change: the wish for more, and what is filled in while the claim waits.
    private static ObjectNode fixed(ObjectNode claim, ObjectNode old) {
        ObjectNode spec = Defaults.object(claim.deepCopy(), "spec");
        spec.remove("volumeAttributesClassName");
        Trees.object(spec, "resources").ifPresent(resources -> resources.remove("requests"));
        for (String late : new String[] {"volumeName", "storageClassName"}) {
            if (Trees.text(old, "spec", late).isEmpty()) {
                spec.remove(late);
            }
        }
        return spec;
    }

    private static String capacity(Resource claim) {
        return claim.text("spec", "volumeName").isEmpty() ? "" : claim.text("status", "capacity", "storage");
    }

    private static String modes(Resource claim) {
        return claim.text("spec", "volumeName").isEmpty()
                ? ""
                : PersistentVolumeKind.shortModes(Trees.strings(claim.tree(), "status", "accessModes"));
    }
}
