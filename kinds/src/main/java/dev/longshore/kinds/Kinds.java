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
import java.util.Comparator;
import java.util.List;

/// Every built-in kind. A new one is written as a file beside its like, and listed there.
public final class Kinds {

    /// The order in which discovery tells the groups, and clients look for a name that several have.
    private static final List<String> GROUPS = List.of(
            "",
            "apiregistration.k8s.io",
            "apps",
            "events.k8s.io",
            "authentication.k8s.io",
            "authorization.k8s.io",
            "autoscaling",
            "batch",
            "certificates.k8s.io",
            "networking.k8s.io",
            "policy",
            "rbac.authorization.k8s.io",
            "storage.k8s.io",
            "admissionregistration.k8s.io",
            "apiextensions.k8s.io",
            "scheduling.k8s.io",
            "coordination.k8s.io",
            "node.k8s.io",
            "discovery.k8s.io",
            "resource.k8s.io",
            "flowcontrol.apiserver.k8s.io",
            "internal.apiserver.k8s.io",
            "storagemigration.k8s.io");

    private Kinds() {}

    /// All kinds in all versions, of the cluster that `context` describes, in the order of [#GROUPS]; among the
    /// versions of one resource the preferred comes first.
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
        all.sort(Comparator.comparingInt(
                definition -> GROUPS.indexOf(definition.kind().group())));
        return List.copyOf(all);
    }
}
