package dev.longshore.kinds.storage;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What storage drivers say of themselves, of nodes and of their stock.
final class CsiKinds {

    private static final String GROUP = "storage.k8s.io/v1";

    private CsiKinds() {}

    static ResourceDefinition drivers(KindsContext context) {
        return KindBuilder.kind(context, GROUP, "CSIDriver", "csidrivers")
                .needsVersion()
                .showsDeleted()
                .clusterScoped()
                .table(Columns.named()
                        .flag(
                                "AttachRequired",
                                "Whether volumes are attached first.",
                                object -> Trees.has(object.tree(), "spec", "attachRequired")
                                        ? flag(object, "attachRequired")
                                        : true)
                        .flag(
                                "PodInfoOnMount",
                                "Whether it is told of the pod.",
                                object -> flag(object, "podInfoOnMount"))
                        .flag(
                                "StorageCapacity",
                                "Whether it tells its stock.",
                                object -> flag(object, "storageCapacity"))
                        .text("TokenRequests", "For whom it wants tokens.", CsiKinds::audiences)
                        .flag(
                                "RequiresRepublish",
                                "Whether it is called again and again.",
                                object -> flag(object, "requiresRepublish"))
                        .text("Modes", "How long its volumes live.", object -> {
                            List<String> modes = Trees.strings(object.tree(), "spec", "volumeLifecycleModes");
                            return modes.isEmpty() ? "<none>" : String.join(",", modes);
                        })
                        .age()
                        .table())
                .countsChangesOf(
                        "tokenRequests", "requiresRepublish", "seLinuxMount", "nodeAllocatableUpdatePeriodSeconds")
                .defaults(object -> Trees.object(object, "spec").ifPresent(CsiKinds::defaults))
                .checks(CsiChecks::driver)
                .changeChecks(CsiChecks::driverChange)
                .build();
    }

    private static void defaults(ObjectNode spec) {
        Defaults.put(spec, "attachRequired", true);
        Defaults.put(spec, "podInfoOnMount", false);
        Defaults.put(spec, "storageCapacity", false);
        Defaults.put(spec, "fsGroupPolicy", "ReadWriteOnceWithFSType");
        Defaults.put(spec, "requiresRepublish", false);
        Defaults.put(spec, "seLinuxMount", false);
        if (spec.path("volumeLifecycleModes").isEmpty()) {
            spec.putArray("volumeLifecycleModes").add("Persistent");
        }
    }

    private static boolean flag(Resource object, String field) {
        return Trees.flag(object.tree(), "spec", field);
    }

    private static String audiences(Resource object) {
        var requests = Trees.list(object.tree(), "spec", "tokenRequests");
        return !Trees.has(object.tree(), "spec", "tokenRequests")
                ? "<unset>"
                : String.join(
                        ",",
                        requests.stream()
                                .map(request -> Trees.text(request, "audience"))
                                .toList());
    }

    static ResourceDefinition nodes(KindsContext context) {
        return KindBuilder.kind(context, GROUP, "CSINode", "csinodes")
                .needsVersion()
                .showsDeleted()
                .clusterScoped()
                .noGeneration()
                .table(Columns.named()
                        .number("Drivers", "How many drivers it has.", object ->
                                (long) object.at("spec", "drivers").size())
                        .age()
                        .table())
                .newChecks((checks, object) -> CsiChecks.node(checks, object, CsiChecks.MAX_NODE_ID))
                .changeChecks(CsiChecks::nodeChange)
                .build();
    }

    static ResourceDefinition capacities(KindsContext context) {
        return KindBuilder.kind(context, GROUP, "CSIStorageCapacity", "csistoragecapacities")
                .needsVersion()
                .noGeneration()
                .table(Columns.named()
                        .text("StorageClassName", "Of which class.", object -> object.text("storageClassName"))
                        .text(
                                "Capacity",
                                "How much there is.",
                                object -> object.find("capacity")
                                        .map(value -> value.asString())
                                        .orElse("<unset>"))
                        .table())
                .checks(CsiChecks::capacity)
                .changeChecks((checks, object, old) -> {
                    checks.unchanged("nodeTopology", object, old, "nodeTopology");
                    checks.unchanged("storageClassName", object, old, "storageClassName");
                })
                .build();
    }
}
