package dev.longshore.kinds.admission;

import dev.longshore.kinds.access.MastersRefusal;
import dev.longshore.kinds.access.SignerPermission;
import dev.longshore.kinds.authorization.RoleEscalation;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.Admission;
import java.util.List;

/// The rules in their order, which has meaning: each sees what those before it have filled in.
public final class AllAdmissions {

    private AllAdmissions() {}

    /// All of them.
    public static List<Admission> of(KindsContext context) {
        return List.of(
                new NamespaceLifecycle(),
                new LimitRanger(),
                new ServiceAccountAdmission(context),
                new NodeRestriction(),
                new TaintNodesByCondition(),
                new PriorityAdmission(),
                new DefaultTolerationSeconds(),
                DefaultClass.storage(),
                new StorageProtection(),
                new ClaimResize(),
                new RuntimeClassAdmission(),
                SignerPermission.approval(context),
                SignerPermission.signing(context),
                new MastersRefusal(),
                DefaultClass.ingress(),
                new RoleEscalation(context),
                new DeviceAdminAccess(),
                new ResourceQuotaAdmission(context.time()));
    }
}
