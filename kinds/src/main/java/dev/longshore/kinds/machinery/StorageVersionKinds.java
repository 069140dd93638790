package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Conditions;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// In which versions servers store things, and wishes to store them anew.
final class StorageVersionKinds {

    private static final int SHOWN = 3;
    private static final String UNSET = "<unset>";

    private StorageVersionKinds() {}

    static List<ResourceDefinition> all(KindsContext context) {
        return List.of(
                KindBuilder.kind(context, "internal.apiserver.k8s.io/v1alpha1", "StorageVersion", "storageversions")
                        .clusterScoped()
                        .noGeneration()
                        .status()
                        .statusNeverOwns("metadata", "spec")
                        .newChecks((checks, object) -> name(checks, Trees.text(object, "metadata", "name")))
                        .statusChecks(StorageVersionKinds::status)
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
                        .noGeneration()
                        .status()
                        .statusNeverOwns("metadata", "spec")
                        .newChecks((checks, object) -> checks.requiredText(
                                "spec.resource.resource", Trees.text(object, "spec", "resource", "resource")))
                        .changeChecks((checks, object, old) -> checks.unchanged("spec", object, old, "spec"))
                        .statusChecks(StorageVersionKinds::migrated)
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

    /// The name is `GROUP.RESOURCE`; `core` stands for the core group.
    private static void name(Checks checks, String name) {
        int dot = name.lastIndexOf('.');
        if (dot < 0) {
            checks.invalid("metadata.name", name, "name must be in the form of <group>.<resource>");
            return;
        }
        NameRule.DNS_LABEL
                .check(name.substring(dot + 1))
                .forEach(fault -> checks.invalid("metadata.name", name, "the resource segment " + fault));
    }

    private static void status(Checks checks, ObjectNode object, ObjectNode old) {
        var servers = new HashSet<String>();
        int index = 0;
        for (ObjectNode version : Trees.list(object, "status", "storageVersions")) {
            String path = "status.storageVersions[" + index++ + "]";
            String id = Trees.text(version, "apiServerID");
            NameRule.DNS_SUBDOMAIN.check(id).forEach(fault -> checks.invalid(path + ".apiServerID", id, fault));
            if (!servers.add(id)) {
                checks.duplicate("status.storageVersions[" + (index - 1) + "].apiServerID", id);
            }
            List<String> decodable = Trees.strings(version, "decodableVersions");
            String encoding = Trees.text(version, "encodingVersion");
            if (!decodable.contains(encoding)) {
                checks.invalid(
                        path + ".decodableVersions",
                        version.path("decodableVersions"),
                        "decodableVersions must include encodingVersion " + encoding);
            }
        }
        common(checks, object);
    }

    /// What all write is said if and only if all write the same.
    private static void common(Checks checks, ObjectNode object) {
        List<String> written = Trees.list(object, "status", "storageVersions").stream()
                .map(version -> Trees.text(version, "encodingVersion"))
                .distinct()
                .toList();
        String path = "status.commonEncodingVersion";
        boolean isSaid = Trees.has(object, "status", "commonEncodingVersion");
        String said = Trees.text(object, "status", "commonEncodingVersion");
        if (written.size() != 1) {
            if (isSaid) {
                checks.invalid(
                        path,
                        said,
                        "should be nil if servers do not agree on the same encoding version, or if there is no"
                                + " server reporting the supported versions yet");
            }
        } else if (!isSaid) {
            checks.invalid(
                    path,
                    Trees.at(object, "status", "commonEncodingVersion"),
                    "the common encoding version is " + written.getFirst());
        } else if (!said.equals(written.getFirst())) {
            checks.invalid(path, said, "the actual common encoding version is " + written.getFirst());
        }
    }

    /// A migration that has ended, well or not, does not begin again.
    private static void migrated(Checks checks, ObjectNode object, ObjectNode old) {
        Conditions.check(checks, "status.conditions", Trees.at(object, "status", "conditions"));
        for (String type : List.of("Succeeded", "Failed")) {
            if (isTrue(old, type) && !isTrue(object, type)) {
                checks.invalid(
                        "status.conditions",
                        Trees.at(object, "status", "conditions"),
                        type + " condition cannot be set to false or unknown once it is true");
            }
        }
        if (isTrue(object, "Succeeded") && isTrue(object, "Failed")) {
            checks.invalid(
                    "status.conditions",
                    Trees.at(object, "status", "conditions"),
                    "Both success and failed conditions cannot be true at the same time");
        }
    }

    private static boolean isTrue(ObjectNode object, String type) {
        return Trees.list(object, "status", "conditions").stream()
                .anyMatch(condition -> Trees.text(condition, "type").equals(type)
                        && Trees.text(condition, "status").equals("True"));
    }
}
