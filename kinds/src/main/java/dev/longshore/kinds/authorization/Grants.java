package dev.longshore.kinds.authorization;

import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.GoText;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// All roles and bindings at one moment, turned around: from users and groups to what they are granted, so that a
/// question costs what its user is granted and not what there is. Nothing in it changes.
///
/// ```
/// bindings, numbered          subjects: "User bob" ──► 3, 7     "Group dev" ──► 7
/// bob of dev  ──►  bindings 3 and 7, each once, those of the cluster before those of namespaces
/// ```
final class Grants {

    private static final String GROUP = "rbac.authorization.k8s.io";
    private static final int MOST_REMEMBERED = 4096;

    private final Map<String, List<Held>> bySubject = new HashMap<>();
    private final Map<String, List<Rule>> clusterRoles = new HashMap<>();
    private final Map<String, List<Rule>> roles = new HashMap<>();
    private final Map<Who, List<Grant>> remembered = new ConcurrentHashMap<>();
    private int bindings;

    private Grants() {}

    /// What a binding gives to one subject.
    ///
    /// @param namespace where it counts; empty: everywhere
    /// @param why as authorizers explain it
    /// @param error why it gives nothing; empty if it gives something
    record Grant(String namespace, List<Rule> rules, String why, String error) {

        boolean countsIn(String asked) {
            return namespace.isEmpty() || namespace.equals(asked);
        }
    }

    /// A grant by its place: number of the binding, then of the subject in it.
    private record Held(int binding, int subject, Grant grant) {}

    private record Who(String name, List<String> groups) {}

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
        int number = bindings++;
        int index = 0;
        String kind = binding.text("roleRef", "kind");
        String name = binding.text("roleRef", "name");
        Optional<List<Rule>> rules = role(kind, binding.namespace(), name);
        String error = rules.isPresent() ? "" : absent(kind, name);
        for (ObjectNode subject : Trees.list(binding.tree(), "subjects")) {
            var grant =
                    new Grant(binding.namespace(), rules.orElse(List.of()), why(binding, kind, name, subject), error);
            bySubject
                    .computeIfAbsent(key(subject, binding.namespace()), unseen -> new ArrayList<>())
                    .add(new Held(number, index++, grant));
        }
    }

    /// In the words of those who look roles up by what they watch.
    private static String absent(String kind, String name) {
        String resource = kind.equals("ClusterRole") ? "clusterrole" : "role";
        return resource + "." + GROUP + " " + GoText.quoted(name) + " not found";
    }

    private static String key(ObjectNode subject, String bindingNamespace) {
        String name = Trees.text(subject, "name");
        return switch (Trees.text(subject, "kind")) {
            case "Group" -> group(name);
            case "ServiceAccount" -> user("system:serviceaccount:" + namespace(subject, bindingNamespace) + ":" + name);
            default -> user(name);
        };
    }

    private static String user(String name) {
        return "User " + name;
    }

    private static String group(String name) {
        return "Group " + name;
    }

    private static String namespace(ObjectNode subject, String bindingNamespace) {
        String own = Trees.text(subject, "namespace");
        return own.isEmpty() ? bindingNamespace : own;
    }

    private static String why(Resource binding, String kind, String role, ObjectNode subject) {
        boolean isOfCluster = binding.namespace().isEmpty();
        String type = Trees.text(subject, "kind");
        String name = Trees.text(subject, "name");
        String shown = type.equals("ServiceAccount") ? name + "/" + namespace(subject, binding.namespace()) : name;
        return "RBAC: allowed by %s %s of %s %s to %s %s"
                .formatted(
                        isOfCluster ? "ClusterRoleBinding" : "RoleBinding",
                        GoText.quoted(isOfCluster ? binding.name() : binding.name() + "/" + binding.namespace()),
                        kind,
                        GoText.quoted(role),
                        type,
                        GoText.quoted(shown));
    }

    /// The rules of one role; empty if there is no such role.
    Optional<List<Rule>> role(String kind, String namespace, String name) {
        return Optional.ofNullable(
                kind.equals("ClusterRole") ? clusterRoles.get(name) : roles.get(namespace + "/" + name));
    }

    /// All that counts for `user` in `namespace` (empty: only what counts everywhere), in the order of the bindings.
    Stream<Grant> of(UserInfo user, String namespace) {
        return of(user).stream().filter(grant -> grant.countsIn(namespace));
    }

    private List<Grant> of(UserInfo user) {
        if (remembered.size() > MOST_REMEMBERED) {
            remembered.clear();
        }
        return remembered.computeIfAbsent(new Who(user.name(), user.groups()), this::found);
    }

    private List<Grant> found(Who who) {
        // By the first of its subjects that fits, a binding counts once.
        var byBinding = new TreeMap<Integer, Held>();
        Stream.concat(Stream.of(user(who.name)), who.groups.stream().map(Grants::group))
                .flatMap(key -> bySubject.getOrDefault(key, List.of()).stream())
                .forEach(held -> byBinding.merge(
                        held.binding, held, (one, other) -> one.subject <= other.subject ? one : other));
        return byBinding.values().stream().map(Held::grant).toList();
    }
}
