package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;

/// A wish for storage.
final class PersistentVolumeClaimKind {

    private PersistentVolumeClaimKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "PersistentVolumeClaim", "persistentvolumeclaims")
                .showsDeleted()
                .shortNames("pvc")
                .status()
                .initialStatus(claim -> {
                    Defaults.object(claim, "status").put("phase", "Pending");
                    ClaimRules.sources(claim);
                })
                .noGeneration()
                .table(Columns.named()
                        .text(
                                "Status",
                                "Its phase.",
                                claim -> claim.isTerminating() ? "Terminating" : claim.text("status", "phase"))
                        .text("Volume", "What it has.", claim -> claim.text("spec", "volumeName"))
                        .text("Capacity", "How much that holds.", PersistentVolumeClaimKind::capacity)
                        .text("Access Modes", "How it may be mounted.", PersistentVolumeClaimKind::modes)
                        .text("StorageClass", "Its class.", PersistentVolumeKind::storageClass)
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
                .keeps((claim, old) -> ClaimRules.sources(claim))
                .checks(ClaimRules::check)
                .changeChecks(ClaimRules::change)
                .statusChecks(ClaimRules::status)
                .warnings(ClaimRules::warnings)
                .build();
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
