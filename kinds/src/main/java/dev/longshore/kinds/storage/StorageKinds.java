package dev.longshore.kinds.storage;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Conversion;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.List;

/// The kinds of `storage.k8s.io`.
public final class StorageKinds {

    private static final String GROUP = "storage.k8s.io/v1";
    private static final String DEFAULT_CLASS_BETA = "storageclass.beta.kubernetes.io/is-default-class";
    private static final String DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

    private StorageKinds() {}

    /// All of them.
    public static List<ResourceDefinition> all(KindsContext context) {
        return List.of(
                CsiKinds.drivers(context),
                CsiKinds.nodes(context),
                CsiKinds.capacities(context),
                classes(context),
                attachments(context),
                attributes(context, "v1"),
                attributes(context, "v1beta1"));
    }

    private static ResourceDefinition classes(KindsContext context) {
        return KindBuilder.kind(context, GROUP, "StorageClass", "storageclasses")
                .showsDeleted()
                .clusterScoped()
                .shortNames("sc")
                .noGeneration()
                .table(Columns.unnamed()
                        .name("Name", "The class's name, and whether it is the default.", StorageKinds::name)
                        .text("Provisioner", "Who makes its volumes.", object -> object.text("provisioner"))
                        .text(
                                "ReclaimPolicy",
                                "What happens to released ones.",
                                object -> orElse(object.text("reclaimPolicy"), "Delete"))
                        .text(
                                "VolumeBindingMode",
                                "When claims get theirs.",
                                object -> orElse(object.text("volumeBindingMode"), "Immediate"))
                        .text(
                                "AllowVolumeExpansion",
                                "Whether volumes may grow.",
                                object -> Trees.flag(object.tree(), "allowVolumeExpansion"))
                        .age()
                        .table())
                .defaults(object -> {
                    Defaults.put(object, "reclaimPolicy", "Delete");
                    Defaults.put(object, "volumeBindingMode", "Immediate");
                })
                .checks(StorageChecks::storageClass)
                .changeChecks(StorageChecks::classChange)
                .warnings(StorageChecks::classWarnings)
                .build();
    }

    private static String name(Resource object) {
        boolean isDefault = List.of(DEFAULT_CLASS, DEFAULT_CLASS_BETA).stream()
                .anyMatch(key -> "true".equals(object.annotations().get(key)));
        return isDefault ? object.name() + " (default)" : object.name();
    }

    private static String orElse(String text, String other) {
        return text.isEmpty() ? other : text;
    }

    private static ResourceDefinition attachments(KindsContext context) {
        return KindBuilder.kind(context, GROUP, "VolumeAttachment", "volumeattachments")
                .needsVersion()
                .showsDeleted()
                .clusterScoped()
                .status()
                .statusNeverOwns("metadata", "spec")
                .table(Columns.named()
                        .name("Attacher", "Who attaches it.", object -> object.text("spec", "attacher"))
                        .text("PV", "What.", object -> object.text("spec", "source", "persistentVolumeName"))
                        .text("Node", "Where.", object -> object.text("spec", "nodeName"))
                        .flag("Attached", "Whether it is.", object -> Trees.flag(object.tree(), "status", "attached"))
                        .age()
                        .table())
                .noGeneration()
                .newChecks(StorageChecks::newAttachment)
                .checks(StorageChecks::attachment)
                .statusChecks((checks, object, old) -> StorageChecks.attachment(checks, object))
                .changeChecks((checks, object, old) ->
                        checks.unchangedOf("VolumeAttachmentSpec", "spec", object, old, "spec"))
                .build();
    }

    private static ResourceDefinition attributes(KindsContext context, String version) {
        return KindBuilder.kind(
                        context, "storage.k8s.io/" + version, "VolumeAttributesClass", "volumeattributesclasses")
                .showsDeleted()
                .clusterScoped()
                .shortNames("vac")
                .storedAs(GROUP, Conversion.SAME_SHAPE)
                .noGeneration()
                .table(Columns.named()
                        .text("DriverName", "Whose volumes it is for.", object -> object.text("driverName"))
                        .age()
                        .table())
                .checks(StorageChecks::attributesClass)
                .changeChecks(StorageChecks::attributesChange)
                .build();
    }
}
