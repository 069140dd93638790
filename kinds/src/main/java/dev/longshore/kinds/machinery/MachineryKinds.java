package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Conversion;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;

/// The kinds that configure the API machine, and those by which its parts agree.
public final class MachineryKinds {

    private MachineryKinds() {}

    /// All of them.
    public static List<ResourceDefinition> all(KindsContext context) {
        var all = new ArrayList<ResourceDefinition>();
        all.addAll(AdmissionKinds.all(context));
        all.addAll(FlowKinds.all(context));
        all.addAll(DeviceKinds.all(context));
        all.add(CustomResourceDefinitionKind.definition(context));
        all.add(apiServices(context));
        all.add(leases(context));
        for (String version : List.of("v1beta1", "v1alpha2")) {
            all.add(candidates(context, version));
        }
        all.add(KindBuilder.kind(context, "internal.apiserver.k8s.io/v1alpha1", "StorageVersion", "storageversions")
                .clusterScoped()
                .status()
                .build());
        all.add(KindBuilder.kind(
                        context,
                        "storagemigration.k8s.io/v1beta1",
                        "StorageVersionMigration",
                        "storageversionmigrations")
                .clusterScoped()
                .status()
                .build());
        return all;
    }

    private static ResourceDefinition apiServices(KindsContext context) {
        return KindBuilder.kind(context, "apiregistration.k8s.io/v1", "APIService", "apiservices")
                .clusterScoped()
                .categories("api-extensions")
                .prefix("apiregistration.k8s.io/apiservices")
                .status()
                .noGeneration()
                .names(NameRule.PATH_SEGMENT)
                .table(Columns.named()
                        .text("Service", "Who serves it.", object -> {
                            String name = object.text("spec", "service", "name");
                            return name.isEmpty() ? "Local" : object.text("spec", "service", "namespace") + "/" + name;
                        })
                        .text("Available", "Whether they answer.", MachineryKinds::available)
                        .age()
                        .table())
                .defaults(object -> Trees.object(object, "spec", "service")
                        .ifPresent(service -> Defaults.put(service, "port", 443)))
                .checks((checks, object) -> {
                    String name = Trees.text(object, "metadata", "name");
                    String wanted = Trees.text(object, "spec", "version") + "." + Trees.text(object, "spec", "group");
                    if (!name.equals(wanted)) {
                        checks.invalid(
                                "metadata.name", name, "must be `spec.version+\".\"+spec.group`: \"" + wanted + "\"");
                    }
                    checks.requiredText("spec.version", Trees.text(object, "spec", "version"));
                })
                .build();
    }

    private static String available(Resource object) {
        return Trees.list(object.tree(), "status", "conditions").stream()
                .filter(condition -> Trees.text(condition, "type").equals("Available"))
                .findFirst()
                .map(condition -> Trees.text(condition, "status").equals("True")
                        ? "True"
                        : Trees.text(condition, "status") + " (" + Trees.text(condition, "reason") + ")")
                .orElse("Unknown");
    }

    private static ResourceDefinition leases(KindsContext context) {
        return KindBuilder.kind(context, "coordination.k8s.io/v1", "Lease", "leases")
                .noGeneration()
                .createdByPut()
                .table(Columns.named()
                        .text("Holder", "Who has it.", object -> object.text("spec", "holderIdentity"))
                        .age()
                        .table())
                .checks((checks, object) -> {
                    checks.positive("spec.leaseDurationSeconds", Trees.at(object, "spec", "leaseDurationSeconds"));
                    checks.nonNegative("spec.leaseTransitions", Trees.at(object, "spec", "leaseTransitions"));
                })
                .build();
    }

    private static ResourceDefinition candidates(KindsContext context, String version) {
        return KindBuilder.kind(context, "coordination.k8s.io/" + version, "LeaseCandidate", "leasecandidates")
                .storedAs("coordination.k8s.io/v1beta1", Conversion.SAME_SHAPE)
                .noGeneration()
                .table(Columns.named()
                        .text("LeaseName", "What it wants.", object -> object.text("spec", "leaseName"))
                        .text("BinaryVersion", "Which version it is.", object -> object.text("spec", "binaryVersion"))
                        .age()
                        .table())
                .build();
    }
}
