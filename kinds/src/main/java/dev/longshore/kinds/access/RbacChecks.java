package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// What roles and their bindings may not say.
final class RbacChecks {

    private static final String GROUP = "rbac.authorization.k8s.io";

    private RbacChecks() {}

    static void role(Checks checks, ObjectNode role, boolean isNamespaced) {
        int index = 0;
        for (ObjectNode rule : Trees.list(role, "rules")) {
            rule(checks, "rules[" + index++ + "]", rule, isNamespaced);
        }
        if (isNamespaced || !Trees.has(role, "aggregationRule")) {
            return;
        }
        String path = "aggregationRule.clusterRoleSelectors";
        List<ObjectNode> selectors = Trees.list(role, "aggregationRule", "clusterRoleSelectors");
        if (selectors.isEmpty()) {
            checks.required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil");
        }
        for (int i = 0; i < selectors.size(); i++) {
            String at = path + "[" + i + "]";
            int before = checks.count();
            Selectors.checkOrKept(checks, at, selectors.get(i));
            if (checks.count() > before) {
                checks.invalid(at, NullNode.getInstance(), "invalid label selector.");
            }
        }
    }

    private static void rule(Checks checks, String path, ObjectNode rule, boolean isNamespaced) {
        if (rule.path("verbs").isEmpty()) {
            checks.required(path + ".verbs", "verbs must contain at least one value");
        }
        JsonNode urls = rule.path("nonResourceURLs");
        if (!urls.isEmpty()) {
            if (isNamespaced) {
                checks.invalid(path + ".nonResourceURLs", urls, "namespaced rules cannot apply to non-resource URLs");
            }
            boolean isMixed = List.of("apiGroups", "resources", "resourceNames").stream()
                    .anyMatch(field -> !rule.path(field).isEmpty());
            if (isMixed) {
                checks.invalid(
                        path + ".nonResourceURLs",
                        urls,
                        "rules cannot apply to both regular resources and non-resource URLs");
            }
            return;
        }
        if (rule.path("apiGroups").isEmpty()) {
            checks.required(path + ".apiGroups", "resource rules must supply at least one api group");
        }
        if (rule.path("resources").isEmpty()) {
            checks.required(path + ".resources", "resource rules must supply at least one resource");
        }
    }

    static void binding(Checks checks, ObjectNode binding, boolean isNamespaced) {
        JsonNode role = binding.path("roleRef");
        checks.only("roleRef.apiGroup", Trees.text(role, "apiGroup"), List.of(GROUP));
        checks.only(
                "roleRef.kind",
                Trees.text(role, "kind"),
                isNamespaced ? List.of("Role", "ClusterRole") : List.of("ClusterRole"));
        checks.requiredName("roleRef.name", Trees.text(role, "name"), NameRule.PATH_SEGMENT);
        int index = 0;
        for (ObjectNode subject : Trees.list(binding, "subjects")) {
            subject(checks, "subjects[" + index++ + "]", subject, isNamespaced);
        }
    }

    private static void subject(Checks checks, String path, ObjectNode subject, boolean isNamespaced) {
        String name = Trees.text(subject, "name");
        String group = Trees.text(subject, "apiGroup");
        boolean isNamed = checks.requiredText(path + ".name", name);
        String kind = Trees.text(subject, "kind");
        switch (kind) {
            case "ServiceAccount" -> {
                if (isNamed) {
                    checks.name(path + ".name", name, NameRule.DNS_SUBDOMAIN);
                }
                checks.only(path + ".apiGroup", group, List.of(""));
                if (!isNamespaced && Trees.text(subject, "namespace").isEmpty()) {
                    checks.required(path + ".namespace");
                }
            }
            case "User", "Group" -> checks.only(path + ".apiGroup", group, List.of(GROUP));
            default -> checks.only(path + ".kind", kind, List.of("ServiceAccount", "User", "Group"));
        }
    }
}
