package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Conversion;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// The kinds of `admissionregistration.k8s.io`.
final class AdmissionKinds {

    private static final String GROUP = "admissionregistration.k8s.io/";

    private AdmissionKinds() {}

    static List<ResourceDefinition> all(KindsContext context) {
        var all = new ArrayList<>(List.of(
                webhooks(context, "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", true),
                webhooks(context, "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", false),
                policy(context, "v1", "ValidatingAdmissionPolicy", "validatingadmissionpolicies", "validations")
                        .status()
                        .statusNeverOwns("metadata", "spec")
                        .build(),
                binding(context, "v1", "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings")));
        for (String version : List.of("v1", "v1beta1", "v1alpha1")) {
            all.add(policy(context, version, "MutatingAdmissionPolicy", "mutatingadmissionpolicies", "mutations")
                    .build());
            all.add(binding(context, version, "MutatingAdmissionPolicyBinding", "mutatingadmissionpolicybindings"));
        }
        return all;
    }

    private static ResourceDefinition webhooks(KindsContext context, String kind, String plural, boolean isMutating) {
        return KindBuilder.kind(context, GROUP + "v1", kind, plural)
                .clusterScoped()
                .needsVersion()
                .categories("api-extensions")
                .table(Columns.named()
                        .number("Webhooks", "How many it has.", object ->
                                (long) object.at("webhooks").size())
                        .age()
                        .table())
                .defaults(object -> Trees.list(object, "webhooks").forEach(webhook -> webhook(webhook, isMutating)))
                .plainFinalizers()
                .newChecks((checks, object) -> AdmissionChecks.webhooks(checks, object, isMutating))
                .changeChecks((checks, object, old) -> AdmissionChecks.changed(checks, object, old, isMutating))
                .build();
    }

    private static void webhook(ObjectNode webhook, boolean isMutating) {
        Defaults.put(webhook, "failurePolicy", "Fail");
        Defaults.put(webhook, "matchPolicy", "Equivalent");
        Defaults.object(webhook, "namespaceSelector");
        Defaults.object(webhook, "objectSelector");
        Defaults.put(webhook, "timeoutSeconds", 10);
        if (isMutating) {
            Defaults.put(webhook, "reinvocationPolicy", "Never");
        }
        Trees.list(webhook, "rules").forEach(rule -> Defaults.put(rule, "scope", "*"));
        Trees.object(webhook, "clientConfig", "service").ifPresent(service -> Defaults.put(service, "port", 443));
    }

    private static KindBuilder policy(KindsContext context, String version, String kind, String plural, String list) {
        String column = Character.toUpperCase(list.charAt(0)) + list.substring(1);
        return KindBuilder.kind(context, GROUP + version, kind, plural)
                .clusterScoped()
                .needsVersion()
                .categories("api-extensions")
                .storedAs(GROUP + "v1", Conversion.SAME_SHAPE)
                .table(Columns.named()
                        .number(column, "How many it has.", object ->
                                (long) object.at("spec", list).size())
                        .text("ParamKind", "What it is configured by.", AdmissionKinds::paramKind)
                        .age()
                        .table())
                .defaults(object -> Trees.object(object, "spec").ifPresent(spec -> {
                    Defaults.put(spec, "failurePolicy", "Fail");
                    Trees.object(spec, "matchConstraints").ifPresent(AdmissionKinds::match);
                }))
                .plainFinalizers()
                .newChecks((checks, object) -> PolicyChecks.policy(checks, object, list.equals("mutations")))
                .changeChecks(
                        (checks, object, old) -> PolicyChecks.changed(checks, object, old, list.equals("mutations")))
                .statusChecks((checks, object, old) -> PolicyChecks.status(checks, object));
    }

    private static void match(ObjectNode match) {
        Defaults.put(match, "matchPolicy", "Equivalent");
        Defaults.object(match, "namespaceSelector");
        Defaults.object(match, "objectSelector");
        for (String rules : List.of("resourceRules", "excludeResourceRules")) {
            Trees.list(match, rules).forEach(rule -> Defaults.put(rule, "scope", "*"));
        }
    }

    private static String paramKind(Resource object) {
        String kind = object.text("spec", "paramKind", "kind");
        return kind.isEmpty() ? "<unset>" : object.text("spec", "paramKind", "apiVersion") + "/" + kind;
    }

    private static ResourceDefinition binding(KindsContext context, String version, String kind, String plural) {
        return KindBuilder.kind(context, GROUP + version, kind, plural)
                .clusterScoped()
                .needsVersion()
                .categories("api-extensions")
                .storedAs(GROUP + "v1", Conversion.SAME_SHAPE)
                .table(Columns.named()
                        .text(
                                "PolicyName",
                                "Which policy it puts into force.",
                                object -> object.text("spec", "policyName"))
                        .text("ParamRef", "With which configuration.", AdmissionKinds::paramRef)
                        .age()
                        .table())
                .defaults(object -> {
                    Trees.object(object, "spec", "matchResources").ifPresent(AdmissionKinds::match);
                    Trees.object(object, "spec", "paramRef")
                            .ifPresent(reference -> Defaults.put(reference, "parameterNotFoundAction", "Deny"));
                })
                .plainFinalizers()
                .checks((checks, object) -> PolicyChecks.binding(checks, object, kind.startsWith("Validating")))
                .build();
    }

    private static String paramRef(Resource object) {
        String name = object.text("spec", "paramRef", "name");
        String namespace = object.text("spec", "paramRef", "namespace");
        if (name.isEmpty()) {
            return object.find("spec", "paramRef", "selector")
                    .map(Selectors::shownAsGo)
                    .orElse("<unset>");
        }
        return namespace.isEmpty() ? "*/" + name : namespace + "/" + name;
    }
}
