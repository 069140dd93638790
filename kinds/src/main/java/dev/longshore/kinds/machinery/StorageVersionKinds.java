package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.List;

/// In which versions servers store things, and wishes to store them anew.
final class StorageVersionKinds {

    private static final int SHOWN = 3;
    private static final String UNSET = "<unset>";

    private StorageVersionKinds() {}

    static List<ResourceDefinition> all(KindsContext context) {
        return List.of(
                KindBuilder.kind(context, "internal.apiserver.k8s.io/v1alpha1", "StorageVersion", "storageversions")
                        .clusterScoped()
                        .needsVersion()
                        .noGeneration()
                        .status()
                        .statusNeverOwns("metadata", "spec")
                        .names(NameRule.ANY)
                        .newChecks(StorageVersionChecks::name)
                        .statusChecks(StorageVersionChecks::status)
                        .table(Columns.named()
                                .text(
                                        "CommonEncodingVersion",
                                        "As which version all write it.",
                                        object -> object.find("status", "commonEncodingVersion")
                                                .map(version -> version.asString())
                                                .orElse(UNSET))
                                .text(
                                        "StorageVersions",
                                        "As which version each writes it.",
                                        StorageVersionKinds::versions)
                                .age()
                                .table())
                        .build(),
                KindBuilder.kind(
                                context,
                                "storagemigration.k8s.io/v1beta1",
                                "StorageVersionMigration",
                                "storageversionmigrations")
                        .clusterScoped()
                        .needsVersion()
                        .noGeneration()
                        .status()
                        .statusNeverOwns("metadata", "spec")
                        .checks(MigrationChecks::spec)
                        .changeChecks((checks, object, old) -> checks.unchanged("spec", object, old, "spec"))
                        .statusChecks(MigrationChecks::status)
                        .table(Columns.unnamed()
                                .text("Name", "The object's name.", Resource::name)
                                .text(
                                        "Resource",
                                        "What is written anew.",
                                        object -> object.text("spec", "resource", "resource") + "."
                                                + object.text("spec", "resource", "group"))
                                .table())
                        .build());
    }

    private static String versions(Resource object) {
        List<String> all = Trees.list(object.tree(), "status", "storageVersions").stream()
                .map(one -> Trees.text(one, "apiServerID") + "=" + Trees.text(one, "encodingVersion"))
                .toList();
        if (all.isEmpty()) {
            return UNSET;
        }
        String shown = String.join(",", all.subList(0, Math.min(SHOWN, all.size())));
        return all.size() > SHOWN ? shown + " + " + (all.size() - SHOWN) + " more..." : shown;
    }
}
