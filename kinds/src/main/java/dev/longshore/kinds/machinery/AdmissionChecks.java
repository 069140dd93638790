package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Tightened;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.kit.WebhookChecks;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the configurations of webhooks may not say.
final class AdmissionChecks {

    private static final List<String> EFFECTS = List.of("None", "NoneOnDryRun");
    private static final Set<String> REVIEWS = Set.of("v1", "v1beta1");

    private AdmissionChecks() {}

    /// Of an update; conditions that stay as they are may stay.
    static void changed(Checks checks, ObjectNode object, ObjectNode old, boolean isMutating) {
        webhooks(checks, object, isMutating, !conditions(object).equals(conditions(old)));
        checks.forgive(past -> webhooks(past, old, isMutating, true));
    }

    private static List<JsonNode> conditions(ObjectNode object) {
        return Trees.list(object, "webhooks").stream()
                .map(webhook -> Trees.pruned(webhook.path("matchConditions")))
                .toList();
    }

    /// Of a new one.
    static void webhooks(Checks checks, ObjectNode object, boolean isMutating) {
        webhooks(checks, object, isMutating, true);
    }

    private static void webhooks(Checks checks, ObjectNode object, boolean isMutating, boolean judgesConditions) {
        var names = new HashSet<String>();
        int index = 0;
        for (ObjectNode webhook : Trees.list(object, "webhooks")) {
            String path = "webhooks[" + index++ + "]";
            webhook(checks, path, webhook, isMutating);
            if (judgesConditions) {
                AdmissionRules.conditions(
                        checks, path + ".matchConditions", Trees.list(webhook, "matchConditions"), false);
            }
            reviews(checks, path + ".admissionReviewVersions", webhook);
            checks.under(
                    Tightened.WEBHOOK_NAMES, () -> checks.unique(path + ".name", Trees.text(webhook, "name"), names));
        }
    }

    private static void webhook(Checks checks, String path, ObjectNode webhook, boolean isMutating) {
        checks.fullName(path + ".name", Trees.text(webhook, "name"));
        int index = 0;
        for (ObjectNode rule : Trees.list(webhook, "rules")) {
            AdmissionRules.rule(checks, path + ".rules[" + index++ + "]", rule);
        }
        checks.only(path + ".failurePolicy", Trees.text(webhook, "failurePolicy"), List.of("Fail", "Ignore"));
        checks.only(path + ".matchPolicy", Trees.text(webhook, "matchPolicy"), List.of("Equivalent", "Exact"));
        if (Trees.has(webhook, "sideEffects")) {
            checks.only(path + ".sideEffects", Trees.text(webhook, "sideEffects"), EFFECTS);
        } else {
            checks.required(path + ".sideEffects", "must specify one of None, NoneOnDryRun");
        }
        long timeout = Trees.number(webhook, 10, "timeoutSeconds");
        if (timeout < 1 || timeout > 30) {
            checks.invalid(path + ".timeoutSeconds", timeout, "the timeout value must be between 1 and 30 seconds");
        }
        AdmissionRules.selectors(checks, path, webhook);
        if (isMutating) {
            checks.only(
                    path + ".reinvocationPolicy",
                    Trees.text(webhook, "reinvocationPolicy"),
                    List.of("IfNeeded", "Never"));
        }
        WebhookChecks.client(checks, path + ".clientConfig", webhook.path("clientConfig"));
    }

    private static void reviews(Checks checks, String path, ObjectNode webhook) {
        List<String> versions = Trees.strings(webhook, "admissionReviewVersions");
        if (versions.isEmpty()) {
            checks.required(path, "must specify one of v1, v1beta1");
            return;
        }
        var seen = new HashSet<String>();
        for (int i = 0; i < versions.size(); i++) {
            String at = path + "[" + i + "]";
            if (seen.add(versions.get(i))) {
                checks.name(at, versions.get(i), NameRule.DNS_1035_LABEL);
            } else {
                checks.invalid(at, versions.get(i), "duplicate version");
            }
        }
        if (versions.stream().noneMatch(REVIEWS::contains)) {
            checks.under(
                    Tightened.REVIEW_VERSIONS,
                    () -> checks.invalid(
                            path, webhook.path("admissionReviewVersions"), "must include at least one of v1, v1beta1"));
        }
    }
}
