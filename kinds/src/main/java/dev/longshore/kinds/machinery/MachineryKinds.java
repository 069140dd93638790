package dev.longshore.kinds.machinery;

import dev.longshore.kinds.custom.CustomResourceDefinitionKind;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
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
        all.addAll(LeaseKinds.all(context));
        all.addAll(StorageVersionKinds.all(context));
        return all;
    }

    private static ResourceDefinition apiServices(KindsContext context) {
        return KindBuilder.kind(context, "apiregistration.k8s.io/v1", "APIService", "apiservices")
                .clusterScoped()
                .needsVersion()
                .categories("api-extensions")
                .prefix("apiregistration.k8s.io/apiservices")
                .status()
                .statusNeverOwns("metadata", "spec")
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
                .plainFinalizers()
                .checks(ApiServiceChecks::check)
                .statusChecks((checks, object, old) -> ApiServiceChecks.status(checks, object))
                .build();
    }

    private static String available(Resource object) {
        return Trees.list(object.tree(), "status", "conditions").stream()
                .filter(condition -> Trees.text(condition, "type").equals("Available"))
                .findFirst()
                .map(condition -> {
                    String status = Trees.text(condition, "status");
                    String reason = Trees.text(condition, "reason");
                    return status.equals("True") || reason.isEmpty() ? status : status + " (" + reason + ")";
                })
                .orElse("Unknown");
    }
}
