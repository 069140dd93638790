package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Roles and who has them.
final class RbacKinds {

    private static final String GROUP = "rbac.authorization.k8s.io";
    private static final String VERSION = GROUP + "/v1";

    private RbacKinds() {}

    static List<ResourceDefinition> all(KindsContext context) {
        return List.of(
                role(context, "Role", "roles", true),
                role(context, "ClusterRole", "clusterroles", false),
                binding(context, "RoleBinding", "rolebindings", true),
                binding(context, "ClusterRoleBinding", "clusterrolebindings", false));
    }

    private static ResourceDefinition role(KindsContext context, String kind, String plural, boolean isNamespaced) {
        KindBuilder builder = KindBuilder.kind(context, VERSION, kind, plural)
                .names(NameRule.PATH_SEGMENT)
                .noGeneration()
                .written(context.roleChanges()::happened)
                .table(Columns.stamped())
                .checks((checks, role) -> checkRole(checks, role, isNamespaced));
        return (isNamespaced ? builder : builder.clusterScoped()).build();
    }

    private static void checkRole(Checks checks, ObjectNode role, boolean isNamespaced) {
        int index = 0;
        for (ObjectNode rule : Trees.list(role, "rules")) {
            String path = "rules[" + index++ + "]";
            if (rule.path("verbs").isEmpty()) {
                checks.required(path + ".verbs", "verbs must contain at least one value");
            }
            if (!rule.path("nonResourceURLs").isEmpty()) {
                if (isNamespaced) {
                    checks.invalid(
                            path + ".nonResourceURLs",
                            rule.path("nonResourceURLs"),
                            "namespaced rules cannot apply to non-resource URLs");
                }
                if (!rule.path("apiGroups").isEmpty() || !rule.path("resources").isEmpty()) {
                    checks.invalid(
                            path + ".nonResourceURLs",
                            rule.path("nonResourceURLs"),
                            "rules cannot apply to both regular resources and non-resource URLs");
                }
                continue;
            }
            if (rule.path("apiGroups").isEmpty()) {
                checks.required(path + ".apiGroups", "resource rules must supply at least one api group");
            }
            if (rule.path("resources").isEmpty()) {
                checks.required(path + ".resources", "resource rules must supply at least one resource");
            }
        }
        index = 0;
        for (ObjectNode selector : Trees.list(role, "aggregationRule", "clusterRoleSelectors")) {
            Selectors.check(checks, "aggregationRule.clusterRoleSelectors[" + index++ + "]", selector);
        }
    }

    private static ResourceDefinition binding(KindsContext context, String kind, String plural, boolean isNamespaced) {
        KindBuilder builder = KindBuilder.kind(context, VERSION, kind, plural)
                .names(NameRule.PATH_SEGMENT)
                .noGeneration()
                .written(context.roleChanges()::happened)
                .table(Columns.named()
                        .text(
                                "Role",
                                "What is granted.",
                                object -> object.text("roleRef", "kind") + "/" + object.text("roleRef", "name"))
                        .age()
                        .wide("Users", "To which users.", object -> subjects(object, "User"))
                        .wide("Groups", "To which groups.", object -> subjects(object, "Group"))
                        .wide("ServiceAccounts", "To which accounts.", object -> subjects(object, "ServiceAccount"))
                        .table())
                .defaults(RbacKinds::defaults)
                .checks((checks, object) -> checkBinding(checks, object, isNamespaced))
                .changeChecks((checks, object, old) -> {
                    if (!Trees.same(object, old, "roleRef")) {
                        checks.invalid("roleRef", object.path("roleRef"), "cannot change roleRef");
                    }
                });
        return (isNamespaced ? builder : builder.clusterScoped()).build();
    }

    private static void defaults(ObjectNode binding) {
        Trees.object(binding, "roleRef").ifPresent(reference -> Defaults.put(reference, "apiGroup", GROUP));
        for (ObjectNode subject : Trees.list(binding, "subjects")) {
            if (!Trees.text(subject, "kind").equals("ServiceAccount")) {
                Defaults.put(subject, "apiGroup", GROUP);
            }
        }
    }

    private static void checkBinding(Checks checks, ObjectNode binding, boolean isNamespaced) {
        String kind = Trees.text(binding, "roleRef", "kind");
        checks.oneOf("roleRef.apiGroup", Trees.text(binding, "roleRef", "apiGroup"), GROUP);
        if (isNamespaced) {
            checks.requiredOneOf("roleRef.kind", kind, "ClusterRole", "Role");
        } else {
            checks.requiredOneOf("roleRef.kind", kind, "ClusterRole");
        }
        checks.requiredName("roleRef.name", Trees.text(binding, "roleRef", "name"), NameRule.PATH_SEGMENT);
        int index = 0;
        for (ObjectNode subject : Trees.list(binding, "subjects")) {
            String path = "subjects[" + index++ + "]";
            checks.requiredText(path + ".name", Trees.text(subject, "name"));
            String subjectKind = Trees.text(subject, "kind");
            checks.requiredOneOf(path + ".kind", subjectKind, "Group", "ServiceAccount", "User");
            boolean isAccount = subjectKind.equals("ServiceAccount");
            if (isAccount && !isNamespaced && Trees.text(subject, "namespace").isEmpty()) {
                checks.required(path + ".namespace");
            }
        }
    }

    private static String subjects(Resource binding, String kind) {
        return String.join(
                ", ",
                Trees.list(binding.tree(), "subjects").stream()
                        .filter(subject -> Trees.text(subject, "kind").equals(kind))
                        .map(subject -> kind.equals("ServiceAccount")
                                ? Trees.text(subject, "namespace") + "/" + Trees.text(subject, "name")
                                : Trees.text(subject, "name"))
                        .toList());
    }
}
