package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.TreeSet;

/// How much a namespace may have in all.
final class ResourceQuotaKind {

    private ResourceQuotaKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "ResourceQuota", "resourcequotas")
                .showsDeleted()
                .shortNames("quota")
                .status()
                .noGeneration()
                .table(Columns.named()
                        .text("Request", "What is used of what may be requested.", quota -> shown(quota, false))
                        .text("Limit", "What is used of the limits.", quota -> shown(quota, true))
                        .age()
                        .table())
                .checks(QuotaChecks::check)
                .changeChecks(QuotaChecks::change)
                .statusChecks(QuotaChecks::status)
                .build();
    }

    private static String shown(Resource quota, boolean limits) {
        var parts = new ArrayList<String>();
        for (String name : new TreeSet<>(quota.at("status", "hard").propertyNames())) {
            if (name.startsWith("limits.") == limits) {
                String used = quota.text("status", "used", name);
                parts.add(name + ": " + (used.isEmpty() ? "0" : used) + "/" + quota.text("status", "hard", name));
            }
        }
        return String.join(", ", parts);
    }
}
