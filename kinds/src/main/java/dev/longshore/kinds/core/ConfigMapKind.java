package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.ResourceDefinition;

/// Configuration as keys and values.
final class ConfigMapKind {

    private ConfigMapKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "ConfigMap", "configmaps")
                .shortNames("cm")
                .noGeneration()
                .table(Columns.named()
                        .text(
                                "Data",
                                "How many keys it has.",
                                map -> (long) map.at("data").size()
                                        + map.at("binaryData").size())
                        .age()
                        .table())
                .checks(ConfigChecks::map)
                .changeChecks((checks, map, old) -> ConfigChecks.immutable(checks, map, old, "data", "binaryData"))
                .build();
    }
}
