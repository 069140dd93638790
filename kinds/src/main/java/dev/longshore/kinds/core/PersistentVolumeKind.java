package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.VolumeDefaults;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// A piece of storage that outlives pods.
final class PersistentVolumeKind {

    private static final String OLD_CLASS = "volume.beta.kubernetes.io/storage-class";

    private PersistentVolumeKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "PersistentVolume", "persistentvolumes")
                .showsDeleted()
                .clusterScoped()
                .shortNames("pv")
                .status()
                .initialStatus(volume -> Defaults.object(volume, "status").put("phase", "Pending"))
                .noGeneration()
                .table(Columns.named()
                        .text("Capacity", "How much it holds.", volume -> volume.text("spec", "capacity", "storage"))
                        .text("Access Modes", "How it may be mounted.", volume -> modes(volume.tree()))
                        .text(
                                "Reclaim Policy",
                                "What happens when its claim is gone.",
                                volume -> volume.text("spec", "persistentVolumeReclaimPolicy"))
                        .text("Status", "Its phase.", PersistentVolumeKind::phase)
                        .text("Claim", "Who has it.", PersistentVolumeKind::claim)
                        .text("StorageClass", "Its class.", PersistentVolumeKind::storageClass)
                        .text(
                                "VolumeAttributesClass",
                                "Its class of attributes.",
                                volume -> orUnset(volume.text("spec", "volumeAttributesClassName")))
                        .text("Reason", "Why it is in this phase.", volume -> volume.text("status", "reason"))
                        .age()
                        .wide(
                                "VolumeMode",
                                "Filesystem or Block.",
                                volume -> orUnset(volume.text("spec", "volumeMode")))
                        .table())
                .defaults(volume -> Trees.object(volume, "spec").ifPresent(spec -> {
                    Defaults.put(spec, "persistentVolumeReclaimPolicy", "Retain");
                    Defaults.put(spec, "volumeMode", "Filesystem");
                    VolumeDefaults.source(spec);
                }))
                .checks(PersistentVolumeChecks::check)
                .changeChecks(PersistentVolumeChecks::change)
                .warnings(PersistentVolumeChecks::warnings)
                .build();
    }

    private static String modes(ObjectNode volume) {
        return shortModes(Trees.strings(volume, "spec", "accessModes"));
    }

    /// `RWO,ROX`.
    static String shortModes(List<String> modes) {
        var shown = new ArrayList<String>();
        for (var known : List.of(
                List.of("ReadWriteOnce", "RWO"),
                List.of("ReadOnlyMany", "ROX"),
                List.of("ReadWriteMany", "RWX"),
                List.of("ReadWriteOncePod", "RWOP"))) {
            if (modes.contains(known.getFirst())) {
                shown.add(known.getLast());
            }
        }
        return String.join(",", shown);
    }

    private static String phase(Resource volume) {
        return volume.isTerminating() ? "Terminating" : volume.text("status", "phase");
    }

    private static String claim(Resource volume) {
        return Trees.has(volume.tree(), "spec", "claimRef")
                ? volume.text("spec", "claimRef", "namespace") + "/" + volume.text("spec", "claimRef", "name")
                : "";
    }

    /// The class's name: annotations came first.
    static String storageClass(Resource object) {
        return object.annotations().getOrDefault(OLD_CLASS, object.text("spec", "storageClassName"));
    }

    /// What is shown for classes that are not set.
    static String orUnset(String text) {
        return text.isEmpty() ? "<unset>" : text;
    }
}
