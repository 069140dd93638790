package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.pods.PodKind;
import dev.longshore.kinds.services.ServiceKind;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;

/// The kinds of the core group, and the events that two groups share.
public final class CoreKinds {

    private CoreKinds() {}

    /// All of them.
    public static List<ResourceDefinition> all(KindsContext context) {
        var all = new ArrayList<>(List.of(
                BindingKind.definition(context),
                ComponentStatusKind.definition(context),
                ConfigMapKind.definition(context),
                EndpointsKind.definition(context),
                LimitRangeKind.definition(context),
                NamespaceKind.definition(context),
                NodeKind.definition(context),
                PersistentVolumeClaimKind.definition(context),
                PersistentVolumeKind.definition(context),
                PodKind.definition(context),
                PodTemplateKind.definition(context),
                ReplicationControllerKind.definition(context),
                ResourceQuotaKind.definition(context),
                SecretKind.definition(context),
                ServiceAccountKind.definition(context),
                ServiceKind.definition(context)));
        all.addAll(EventKind.definitions(context));
        return all;
    }
}
