package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Roles and who has them.
final class RbacKinds {

    private static final String GROUP = "rbac.authorization.k8s.io";
    private static final String VERSION = GROUP + "/v1";
    private static final Set<String> USERS = Set.of("User", "Group");

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
                .createdByPut()
                .written(context.roleChanges()::happened)
                .table(Columns.stamped())
                .checks((checks, role) -> RbacChecks.role(checks, role, isNamespaced));
        return (isNamespaced ? builder : builder.clusterScoped()).build();
    }

    private static ResourceDefinition binding(KindsContext context, String kind, String plural, boolean isNamespaced) {
        KindBuilder builder = KindBuilder.kind(context, VERSION, kind, plural)
                .names(NameRule.PATH_SEGMENT)
                .noGeneration()
                .createdByPut()
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
                .checks((checks, object) -> RbacChecks.binding(checks, object, isNamespaced))
                .changeChecks((checks, object, old) -> {
                    if (!Trees.same(object, old, "roleRef")) {
                        checks.invalid(
                                "roleRef", InnerTypes.of("RoleRef", object.path("roleRef")), "cannot change roleRef");
                    }
                });
        return (isNamespaced ? builder : builder.clusterScoped()).build();
    }

    private static void defaults(ObjectNode binding) {
        Trees.object(binding, "roleRef").ifPresent(reference -> Defaults.put(reference, "apiGroup", GROUP));
        for (ObjectNode subject : Trees.list(binding, "subjects")) {
            if (USERS.contains(Trees.text(subject, "kind"))) {
                Defaults.put(subject, "apiGroup", GROUP);
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
