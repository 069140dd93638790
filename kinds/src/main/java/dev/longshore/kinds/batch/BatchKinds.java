package dev.longshore.kinds.batch;

import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.ResourceDefinition;
import java.util.List;

/// The kinds of `batch`.
public final class BatchKinds {

    private BatchKinds() {}

    /// All of them.
    public static List<ResourceDefinition> all(KindsContext context) {
        return List.of(CronJobKind.definition(context), JobKind.definition(context));
    }
}
