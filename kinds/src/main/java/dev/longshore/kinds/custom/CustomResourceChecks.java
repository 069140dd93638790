package dev.longshore.kinds.custom;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.GoUrl;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.kit.WebhookChecks;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a CustomResourceDefinition may not say, but for its versions.
final class CustomResourceChecks {

    private static final String APPROVED = "api-approved.kubernetes.io";
    private static final String ENHANCEMENT = ", see https://github.com/kubernetes/enhancements/pull/1111";
    private static final Set<String> REVIEWS = Set.of("v1", "v1beta1");

    private CustomResourceChecks() {}

    static void check(Checks checks, ObjectNode object) {
        JsonNode spec = object.path("spec");
        String name = Trees.text(object, "metadata", "name");
        String group = Trees.text(spec, "group");
        if (!name.equals(Trees.text(spec, "names", "plural") + "." + group)) {
            checks.invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group");
        }
        group(checks, group);
        String scope = Trees.text(spec, "scope");
        if (checks.requiredText("spec.scope", scope)) {
            checks.only("spec.scope", scope, List.of("Cluster", "Namespaced"));
        }
        CustomVersionChecks.check(checks, spec);
        for (String field : List.of("plural", "singular", "kind", "listKind")) {
            checks.requiredText("spec.names." + field, Trees.text(spec, "names", field));
        }
        names(checks, "spec.names", spec.path("names"));
        conversion(checks, spec.path("conversion"));
        names(checks, "status.acceptedNames", Trees.at(object, "status", "acceptedNames"));
        if (Trees.flag(spec, "preserveUnknownFields")) {
            checks.invalid(
                    "spec.preserveUnknownFields",
                    spec.path("preserveUnknownFields"),
                    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema"
                            + " instead");
        }
    }

    private static void group(Checks checks, String group) {
        if (!checks.requiredText("spec.group", group)) {
            return;
        }
        List<String> faults = NameRule.DNS_SUBDOMAIN.check(group);
        if (!faults.isEmpty()) {
            checks.invalid("spec.group", group, String.join(",", faults));
        } else if (!group.contains(".")) {
            checks.invalid("spec.group", group, "should be a domain with at least one dot");
        }
    }

    private static void names(Checks checks, String path, JsonNode names) {
        for (String field : List.of("plural", "singular")) {
            label(checks, path + "." + field, Trees.text(names, field));
        }
        for (String field : List.of("kind", "listKind")) {
            String value = Trees.text(names, field);
            List<String> faults = NameRule.DNS_1035_LABEL.check(value.toLowerCase(Locale.ROOT));
            if (!value.isEmpty() && !faults.isEmpty()) {
                checks.invalid(
                        path + "." + field,
                        value,
                        "may have mixed case, but should otherwise match: " + String.join(",", faults));
            }
        }
        labels(checks, path + ".shortNames", Trees.strings(names, "shortNames"));
        String kind = Trees.text(names, "kind");
        if (!kind.isEmpty() && kind.equals(Trees.text(names, "listKind"))) {
            checks.invalid(path + ".listKind", kind, "kind and listKind may not be the same");
        }
        labels(checks, path + ".categories", Trees.strings(names, "categories"));
    }

    private static void labels(Checks checks, String path, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            List<String> faults = NameRule.DNS_1035_LABEL.check(values.get(i));
            if (!faults.isEmpty()) {
                checks.invalid(path + "[" + i + "]", values.get(i), String.join(",", faults));
            }
        }
    }

    private static void label(Checks checks, String path, String value) {
        List<String> faults = NameRule.DNS_1035_LABEL.check(value);
        if (!value.isEmpty() && !faults.isEmpty()) {
            checks.invalid(path, value, String.join(",", faults));
        }
    }

    /// The paths are those of Kubernetes' inner shape of the definition, which clients get to see.
    private static void conversion(Checks checks, JsonNode conversion) {
        String path = "spec.conversion";
        String strategy = Trees.text(conversion, "strategy");
        if (checks.requiredText(path + ".strategy", strategy)) {
            checks.only(path + ".strategy", strategy, List.of("None", "Webhook"));
        }
        boolean hasClient = Trees.has(conversion, "webhook", "clientConfig");
        JsonNode versions = Trees.at(conversion, "webhook", "conversionReviewVersions");
        if (strategy.equals("Webhook")) {
            if (hasClient) {
                WebhookChecks.client(
                        checks, path + ".webhookClientConfig", Trees.at(conversion, "webhook", "clientConfig"));
            } else {
                checks.required(path + ".webhookClientConfig", "required when strategy is set to Webhook");
            }
            reviews(checks, path + ".conversionReviewVersions", versions);
            return;
        }
        if (hasClient) {
            checks.forbidden(path + ".webhookClientConfig", "should not be set when strategy is not set to Webhook");
        }
        if (!versions.isEmpty()) {
            checks.forbidden(
                    path + ".conversionReviewVersions", "should not be set when strategy is not set to Webhook");
        }
    }

    private static void reviews(Checks checks, String path, JsonNode shown) {
        if (shown.isEmpty()) {
            checks.required(path);
            return;
        }
        var seen = new HashSet<String>();
        int index = 0;
        for (JsonNode node : shown) {
            String at = path + "[" + index++ + "]";
            String version = node.asString("");
            if (seen.add(version)) {
                checks.name(at, version, NameRule.DNS_1035_LABEL);
            } else {
                checks.invalid(at, version, "duplicate version");
            }
        }
        if (seen.stream().noneMatch(REVIEWS::contains)) {
            checks.invalid(path, shown, "must include at least one of v1, v1beta1");
        }
    }

    static void change(Checks checks, ObjectNode object, ObjectNode old) {
        boolean isEstablished = Trees.list(old, "status", "conditions").stream()
                .anyMatch(condition -> Trees.text(condition, "type").equals("Established")
                        && Trees.text(condition, "status").equals("True"));
        if (isEstablished) {
            checks.unchanged("spec.scope", object, old, "spec", "scope");
            checks.unchanged("spec.names.kind", object, old, "spec", "names", "kind");
        }
        checks.unchanged("spec.group", object, old, "spec", "group");
        checks.unchanged("spec.names.plural", object, old, "spec", "names", "plural");
        storedVersions(checks, object);
    }

    /// What is stored in a version can be read only while the version is there.
    static void storedVersions(Checks checks, ObjectNode object) {
        String path = "status.storedVersions";
        JsonNode shown = Trees.at(object, "status", "storedVersions");
        List<String> stored = Trees.strings(object, "status", "storedVersions");
        if (stored.isEmpty()) {
            checks.invalid(path, shown, "must have at least one stored version");
            return;
        }
        var known = new HashSet<String>();
        for (ObjectNode version : Trees.list(object, "spec", "versions")) {
            String name = Trees.text(version, "name");
            known.add(name);
            if (Trees.flag(version, "storage") && !stored.contains(name)) {
                checks.invalid(path, shown, "must have the storage version " + name);
            }
        }
        for (int i = 0; i < stored.size(); i++) {
            String name = stored.get(i);
            if (!known.contains(name)) {
                checks.invalid(
                        path + "[" + i + "]",
                        name,
                        "missing from spec.versions; " + name + " was previously a storage version, and must remain in"
                                + " spec.versions until a storage migration ensures no data remains persisted in "
                                + name + " and removes " + name + " from status.storedVersions");
            }
        }
    }

    /// Groups of Kubernetes' community want its approval, or an excuse.
    static void approval(Checks checks, ObjectNode object, Optional<ObjectNode> old) {
        String group = "." + Trees.text(object, "spec", "group");
        if (!group.endsWith(".k8s.io") && !group.endsWith(".kubernetes.io")) {
            return;
        }
        Approval now = Approval.of(object);
        if (old.map(Approval::of).filter(before -> before == now).isPresent()) {
            return;
        }
        String path = "metadata.annotations[" + APPROVED + "]";
        String must = "protected groups must have approval annotation \"" + APPROVED + "\"";
        switch (now) {
            case MISSING -> checks.required(path, must + ENHANCEMENT);
            case INVALID ->
                checks.invalid(
                        path,
                        Trees.text(object, "metadata", "annotations", APPROVED),
                        must + " with either a URL or a reason starting with \"unapproved\"" + ENHANCEMENT);
            case APPROVED, EXCUSED -> {}
        }
    }

    private enum Approval {
        MISSING,
        INVALID,
        APPROVED,
        EXCUSED;

        static Approval of(ObjectNode object) {
            String text = Trees.text(object, "metadata", "annotations", CustomResourceChecks.APPROVED);
            if (text.isEmpty()) {
                return MISSING;
            }
            if (text.startsWith("unapproved")) {
                return EXCUSED;
            }
            try {
                GoUrl url = GoUrl.parse(text);
                return url.scheme().isEmpty() || url.host().isEmpty() ? INVALID : APPROVED;
            } catch (GoUrl.Malformed notAUrl) {
                return INVALID;
            }
        }
    }
}
