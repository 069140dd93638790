package dev.longshore.kinds.core;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.ResourceChecks;
import dev.longshore.kinds.pods.VolumeDefaults;
import dev.longshore.model.Cause;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// A piece of storage that outlives pods.
final class PersistentVolumeKind {

    private static final Set<String> NO_SOURCES = Set.of(
            "capacity",
            "accessModes",
            "claimRef",
            "persistentVolumeReclaimPolicy",
            "storageClassName",
            "mountOptions",
            "volumeMode",
            "nodeAffinity",
            "volumeAttributesClassName");

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
                        .text("StorageClass", "Its class.", volume -> volume.text("spec", "storageClassName"))
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
                .checks(PersistentVolumeKind::check)
                .changeChecks((checks, volume, old) -> {
                    if (!source(volume).equals(source(old))) {
                        checks.forbidden(
                                "spec.persistentvolumesource",
                                "spec.persistentvolumesource is immutable after creation");
                    }
                    checks.unchanged("spec.volumeMode", volume, old, "spec", "volumeMode");
                })
                .build();
    }

    private static void check(Checks checks, ObjectNode volume) {
        var spec = volume.path("spec");
        modes(checks, "spec.accessModes", volume);
        if (spec.path("capacity").isEmpty()) {
            checks.required("spec.capacity");
        } else if (!Trees.has(spec, "capacity", "storage")
                || spec.path("capacity").size() > 1) {
            checks.add(Cause.unsupported("spec.capacity", spec.path("capacity").toString(), List.of("storage")));
        } else {
            ResourceChecks.amount(
                    checks, "spec.capacity[storage]", spec.path("capacity").path("storage"), "");
        }
        List<String> sources = sources(volume);
        if (sources.isEmpty()) {
            checks.required("spec", "must specify a volume type");
        }
        for (int i = 1; i < sources.size(); i++) {
            checks.forbidden("spec." + sources.get(i), "may not specify more than 1 volume type");
        }
        checks.oneOf(
                "spec.persistentVolumeReclaimPolicy",
                Trees.text(spec, "persistentVolumeReclaimPolicy"),
                "Delete",
                "Recycle",
                "Retain");
        checks.oneOf("spec.volumeMode", Trees.text(spec, "volumeMode"), "Block", "Filesystem");
        if (Trees.has(spec, "local") && !Trees.has(spec, "nodeAffinity")) {
            checks.required("spec.nodeAffinity", "Local volume requires node affinity");
        }
    }

    private static List<String> sources(ObjectNode volume) {
        var sources = new ArrayList<String>();
        volume.path("spec").properties().forEach(field -> {
            if (!NO_SOURCES.contains(field.getKey()) && !field.getValue().isNull()) {
                sources.add(field.getKey());
            }
        });
        return sources;
    }

    private static ObjectNode source(ObjectNode volume) {
        ObjectNode spec = Trees.object(volume, "spec").map(ObjectNode::deepCopy).orElseGet(Json::object);
        spec.remove(NO_SOURCES);
        return spec;
    }

    /// Checks access modes, of volumes and claims.
    static void modes(Checks checks, String path, ObjectNode object) {
        List<String> modes = Trees.strings(object, "spec", "accessModes");
        if (modes.isEmpty()) {
            checks.required(path, "at least 1 access mode is required");
        }
        for (String mode : modes) {
            checks.oneOf(path, mode, "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod");
        }
        if (modes.size() > 1 && modes.contains("ReadWriteOncePod")) {
            checks.forbidden(path, "may not use ReadWriteOncePod with other access modes");
        }
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
        String name = volume.text("spec", "claimRef", "name");
        return name.isEmpty() ? "" : volume.text("spec", "claimRef", "namespace") + "/" + name;
    }

    /// What is shown for classes that are not set.
    static String orUnset(String text) {
        return text.isEmpty() ? "<unset>" : text;
    }
}
