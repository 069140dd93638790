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
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The rules in their order, which has meaning: each sees what those before it have filled in.
public final class AllAdmissions {

    private AllAdmissions() {}

    /// Looks whether rules are configured as they can be.
    ///
    /// @throws IllegalArgumentException if one is not
    public static void check(AdmissionChoice choice) {
        PodSecurity.check(choice.configuration("PodSecurity"));
        if (choice.has("EventRateLimit")) {
            named("EventRateLimit", () -> EventLimits.read(choice.configuration("EventRateLimit")));
        }
        if (choice.has("ImagePolicyWebhook")) {
            named("ImagePolicyWebhook", () -> ImagePolicySettings.read(choice.configuration("ImagePolicyWebhook")));
        }
        named(
                "PodTolerationRestriction",
                () -> new PodTolerationRestriction(choice.configuration("PodTolerationRestriction")));
        for (String name : List.of("MutatingAdmissionWebhook", "ValidatingAdmissionWebhook")) {
            named(name, () -> WebhookSettings.read(choice.configuration(name)));
        }
        named("ResourceQuota", () -> LimitedResources.read(choice.configuration("ResourceQuota")));
    }

    private static <T> T named(String name, Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "couldn't init admission plugin \"" + name + "\": " + wrong.getMessage(), wrong);
        }
    }

    /// Those that `choice` has.
    ///
    /// @param ways to others
    /// @throws IllegalArgumentException if one is configured as it cannot be
    public static List<Admission> of(KindsContext context, AdmissionChoice choice, WaysOut ways) {
        return choice.of(Stream.of(
                        Stream.of(
                                new NamespaceRules.AutoProvision(),
                                new NamespaceLifecycle(),
                                new NamespaceRules.Exists(),
                                new HardAntiAffinity(),
                                new LimitRanger(),
                                new ServiceAccountAdmission(context),
                                new NodeRestriction(context),
                                new TaintNodesByCondition(),
                                new AlwaysPullImages()),
                        chosen(
                                choice,
                                "ImagePolicyWebhook",
                                configuration -> new ImagePolicyWebhook(
                                        configuration, ways.backEnds(), context.time(), context.random())),
                        Stream.of(
                                new PodSecurity(choice.configuration("PodSecurity"), context.time()),
                                new PodNodeSelector(choice.configuration("PodNodeSelector")),
                                new PriorityAdmission(),
                                new DefaultTolerationSeconds()),
                        chosen(choice, "PodTolerationRestriction", PodTolerationRestriction::new),
                        chosen(
                                choice,
                                "EventRateLimit",
                                configuration -> new EventRateLimit(configuration, context.time())),
                        rest(context, choice, ways))
                .flatMap(Function.identity()));
    }

    private static Stream<Admission> rest(KindsContext context, AdmissionChoice choice, WaysOut ways) {
        return Stream.of(
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
                new NodeDeclaredFeatureValidator(),
                new PodResizeValidator(),
                new DeviceAdminAccess(),
                new MutatingAdmissionPolicies(context.authorizer(), context.time()),
                new MutatingWebhooks(context, webhooks("MutatingAdmissionWebhook", choice, ways)),
                // Of what comes out, whoever has made it so.
                new RoleEscalation(context),
                new ValidatingAdmissionPolicies(context.authorizer(), context.time()),
                new ValidatingWebhooks(context, webhooks("ValidatingAdmissionWebhook", choice, ways)),
                new ResourceQuotaAdmission(
                        LimitedResources.read(choice.configuration("ResourceQuota")), context.time()),
                new AlwaysDeny());
    }

    private static OutboundCall webhooks(String name, AdmissionChoice choice, WaysOut ways) {
        return named(
                name,
                () -> ways.webhooks()
                        .apply(WebhookSettings.read(choice.configuration(name)).kubeconfig()));
    }

    /// A rule that cannot be made without being configured, if it holds.
    private static Stream<Admission> chosen(AdmissionChoice choice, String name, Function<JsonNode, Admission> made) {
        return choice.has(name) ? Stream.of(named(name, () -> made.apply(choice.configuration(name)))) : Stream.empty();
    }
}
