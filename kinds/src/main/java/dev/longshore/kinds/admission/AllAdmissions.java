package dev.longshore.kinds.admission;

import dev.longshore.kinds.access.BundleAttest;
import dev.longshore.kinds.access.MastersRefusal;
import dev.longshore.kinds.access.SignerPermission;
import dev.longshore.kinds.authorization.RoleEscalation;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.podsecurity.PodSecurity;
import dev.longshore.kinds.policies.MutatingAdmissionPolicies;
import dev.longshore.kinds.policies.ValidatingAdmissionPolicies;
import dev.longshore.kinds.webhooks.MutatingWebhooks;
import dev.longshore.kinds.webhooks.ValidatingWebhooks;
import dev.longshore.model.Admission;
import dev.longshore.model.OutboundCall;
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
    /// @param calls reaches webhooks
    /// @throws IllegalArgumentException if one is configured as it cannot be
    public static List<Admission> of(KindsContext context, AdmissionChoice choice, OutboundCall calls) {
        return choice.of(Stream.of(
                new NamespaceRules.AutoProvision(),
                new NamespaceLifecycle(),
                new NamespaceRules.Exists(),
                new HardAntiAffinity(),
                new LimitRanger(),
                new ServiceAccountAdmission(context),
                new NodeRestriction(context),
                new TaintNodesByCondition(),
                new AlwaysPullImages(),
                new PodSecurity(choice.configuration("PodSecurity"), context.time()),
                new PriorityAdmission(),
                new DefaultTolerationSeconds(),
                new ExtendedResourceToleration(),
                DefaultClass.storage(),
                new StorageProtection(),
                new OwnerReferencesPermission(context),
                new ClaimResize(),
                new RuntimeClassAdmission(),
                SignerPermission.approval(context),
                SignerPermission.signing(context),
                new BundleAttest(context),
                new MastersRefusal(),
                DefaultClass.ingress(),
                new ExternalIpsDenial(),
                new PodTopologyLabels(),
                new PodResizeValidator(),
                new DeviceAdminAccess(),
                new MutatingAdmissionPolicies(context.authorizer()),
                new MutatingWebhooks(context, calls),
                // Of what comes out, whoever has made it so.
                new RoleEscalation(context),
                new ValidatingAdmissionPolicies(context.authorizer()),
                new ValidatingWebhooks(context, calls),
                new ResourceQuotaAdmission(context.time()),
                new AlwaysDeny()));
    }
}
