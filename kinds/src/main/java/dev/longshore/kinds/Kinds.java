package dev.longshore.kinds;

import dev.longshore.kinds.access.AccessKinds;
import dev.longshore.kinds.apps.AppsKinds;
import dev.longshore.kinds.batch.BatchKinds;
import dev.longshore.kinds.core.CoreKinds;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.machinery.MachineryKinds;
import dev.longshore.kinds.networking.NetworkingKinds;
import dev.longshore.kinds.policy.PolicyKinds;
import dev.longshore.kinds.storage.StorageKinds;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;

/// Every built-in kind. A new one is written as a file beside its like, and listed there.
public final class Kinds {

    private Kinds() {}

    /// All kinds in all versions, of the cluster that `context` describes; among the versions of one resource
    /// the preferred comes first.
    public static List<ResourceDefinition> all(KindsContext context) {
        var all = new ArrayList<ResourceDefinition>();
        all.addAll(CoreKinds.all(context));
        all.addAll(AppsKinds.all(context));
        all.addAll(BatchKinds.all(context));
        all.addAll(NetworkingKinds.all(context));
        all.addAll(StorageKinds.all(context));
        all.addAll(PolicyKinds.all(context));
        all.addAll(AccessKinds.all(context));
        all.addAll(MachineryKinds.all(context));
        return List.copyOf(all);
    }
}
