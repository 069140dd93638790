package dev.longshore.kinds.admission;

import dev.longshore.kinds.access.MastersRefusal;
import dev.longshore.kinds.access.SignerPermission;
import dev.longshore.kinds.authorization.RoleEscalation;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.podsecurity.PodSecurity;
import dev.longshore.kinds.policies.MutatingAdmissionPolicies;
import dev.longshore.kinds.policies.ValidatingAdmissionPolicies;
import dev.longshore.model.Admission;
import java.util.List;
import java.util.stream.Stream;

/// The rules in their order, which has meaning: each sees what those before it have filled in.
public final class AllAdmissions {

    private AllAdmissions() {}

    /// Looks whether rules are configured as they can be.
    ///
    /// @throws IllegalArgumentException if one is not
    public static void check(AdmissionChoice choice) {
        PodSecurity.check(choice.configuration("PodSecurity"));
    }

    /// Those that `choice` has.
    ///
    /// @throws IllegalArgumentException if one is configured as it cannot be
    public static List<Admission> of(KindsContext context, AdmissionChoice choice) {
        return choice.of(Stream.of(
                new NamespaceLifecycle(),
                new LimitRanger(),
                new ServiceAccountAdmission(context),
                new NodeRestriction(),
                new TaintNodesByCondition(),
                new PodSecurity(choice.configuration("PodSecurity"), context.time()),
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
                new MutatingAdmissionPolicies(context.authorizer()),
                new ValidatingAdmissionPolicies(context.authorizer()),
                new ResourceQuotaAdmission(context.time())));
    }
}
