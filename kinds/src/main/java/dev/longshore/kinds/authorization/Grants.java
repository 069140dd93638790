package dev.longshore.kinds.authorization;

import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// All roles and bindings at one moment, turned around: from users and groups to what they are granted.
/// Immutable.
final class Grants {

    private static final String GROUP = "rbac.authorization.k8s.io";

    private final Map<String, List<Grant>> byUser = new HashMap<>();
    private final Map<String, List<Grant>> byGroup = new HashMap<>();
    private final Map<String, List<Rule>> clusterRoles = new HashMap<>();
    private final Map<String, List<Rule>> roles = new HashMap<>();

    private Grants() {}

    /// What a binding gives to one subject.
    ///
    /// @param namespace where it counts; empty: everywhere
    /// @param why as authorizers explain it
    record Grant(String namespace, List<Rule> rules, String why) {

        boolean countsIn(String asked) {
            return namespace.isEmpty() || namespace.equals(asked);
        }
    }

    /// Reads them all.
    static Grants read(Registry registry) {
        var grants = new Grants();
        List<Resource> clusterRoles = registry.list(new GroupResource(GROUP, "clusterroles"), "");
        clusterRoles.forEach(role -> grants.clusterRoles.put(role.name(), rules(role, clusterRoles)));
        registry.list(new GroupResource(GROUP, "roles"), "")
                .forEach(role -> grants.roles.put(role.namespace() + "/" + role.name(), Rule.of(role.tree())));
        registry.list(new GroupResource(GROUP, "clusterrolebindings"), "").forEach(grants::add);
        registry.list(new GroupResource(GROUP, "rolebindings"), "").forEach(grants::add);
        return grants;
    }

    /// An aggregated role is what the roles that it selects are, at this moment, and not what was written into
    /// it.
    private static List<Rule> rules(Resource role, List<Resource> all) {
        List<ObjectNode> selectors = Trees.list(role.tree(), "aggregationRule", "clusterRoleSelectors");
        if (selectors.isEmpty()) {
            return Rule.of(role.tree());
        }
        return all.stream()
                .filter(other -> !other.name().equals(role.name())
                        && selectors.stream().anyMatch(selector -> Selectors.matches(selector, other.labels())))
                .flatMap(other -> (Trees.has(other.tree(), "aggregationRule")
                                ? rules(other, without(all, role))
                                : Rule.of(other.tree()))
                        .stream())
                .toList();
    }

    private static List<Resource> without(List<Resource> all, Resource role) {
        return all.stream().filter(other -> !other.name().equals(role.name())).toList();
    }

    private void add(Resource binding) {
        String kind = binding.text("roleRef", "kind");
        String name = binding.text("roleRef", "name");
        List<Rule> rules = role(kind, binding.namespace(), name);
        for (ObjectNode subject : Trees.list(binding.tree(), "subjects")) {
            String who = Trees.text(subject, "name");
            String type = Trees.text(subject, "kind");
            String shown = who;
            Map<String, List<Grant>> map = type.equals("Group") ? byGroup : byUser;
            if (type.equals("ServiceAccount")) {
                String namespace = Trees.text(subject, "namespace");
                String effective = namespace.isEmpty() ? binding.namespace() : namespace;
                shown = who + "/" + effective;
                who = "system:serviceaccount:" + effective + ":" + who;
            }
            String where = binding.namespace().isEmpty() ? "ClusterRoleBinding" : "RoleBinding";
            String bindingName =
                    binding.namespace().isEmpty() ? binding.name() : binding.name() + "/" + binding.namespace();
            String why = "RBAC: allowed by %s \"%s\" of %s \"%s\" to %s \"%s\""
                    .formatted(where, bindingName, kind, name, type, shown);
            map.computeIfAbsent(who, unseen -> new ArrayList<>()).add(new Grant(binding.namespace(), rules, why));
        }
    }

    /// The rules of one role; none if there is no such role.
    List<Rule> role(String kind, String namespace, String name) {
        return kind.equals("ClusterRole")
                ? clusterRoles.getOrDefault(name, List.of())
                : roles.getOrDefault(namespace + "/" + name, List.of());
    }

    /// All that counts for `user` in `namespace` (empty: only what counts everywhere).
    Stream<Grant> of(UserInfo user, String namespace) {
        return Stream.concat(
                        byUser.getOrDefault(user.name(), List.of()).stream(),
                        user.groups().stream().flatMap(group -> byGroup.getOrDefault(group, List.of()).stream()))
                .filter(grant -> grant.countsIn(namespace));
    }
}
