package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.kinds.authorization.RoleTable;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Authorizer;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Each default role, tried on each resource that is served or that a role names, with each verb.
class DefaultRolesTest {

    private static final String GROUP = "rbac.authorization.k8s.io";
    private static final RoleTable TABLE = RoleTable.read();

    private final Cluster cluster = new Cluster();
    private final Authorizer authorizer = Authorizers.all(cluster.context, () -> cluster.registry);

    @BeforeEach
    void plant() {
        cluster.authorizer.set(authorizer);
        new SeedObjects(cluster.context, cluster.registry, 6443).plant();
    }

    /// Has the role, and is in no group.
    private UserInfo holder(String role, String namespace) {
        String name = role.substring(role.indexOf('/') + 1);
        var user = new UserInfo("holder of " + role, "", List.of(), Map.of());
        cluster.create("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: %s
                metadata: {name: "test:%s", namespace: "%s"}
                roleRef: {kind: %s, name: "%s"}
                subjects: [{kind: User, name: "%s"}]
                """.formatted(
                        namespace.isEmpty() ? "ClusterRoleBinding" : "RoleBinding",
                        name,
                        namespace,
                        namespace.isEmpty() ? "ClusterRole" : "Role",
                        name,
                        user.name()));
        return user;
    }

    @Test
    void eachRoleAllowsOnEachResourceWhatKubernetesRolesAllow() {
        Set<RoleTable.Cell> universe = universe();
        var wrong = new ArrayList<String>();
        TABLE.roles().forEach((role, expected) -> {
            UserInfo user = holder(role, expected.namespace());
            String namespace = expected.namespace().isEmpty() ? "default" : expected.namespace();
            for (RoleTable.Cell cell : universe) {
                for (String verb : TABLE.verbs()) {
                    boolean should = expected.allows(verb, cell.group(), cell.resource(), cell.name());
                    if (may(user, verb, cell, namespace) != should) {
                        wrong.add("%s %s %s: not %s".formatted(role, verb, cell, should));
                    }
                    boolean isElsewhere = !expected.namespace().isEmpty() && may(user, verb, cell, "default");
                    if (isElsewhere) {
                        wrong.add("%s %s %s: in another namespace".formatted(role, verb, cell));
                    }
                }
            }
        });

        assertThat(TABLE.roles()).hasSizeGreaterThan(70);
        assertThat(universe).hasSizeGreaterThan(150);
        assertThat(wrong).isEmpty();
    }

    /// All that is served, and all that roles speak of.
    private Set<RoleTable.Cell> universe() {
        Stream<RoleTable.Cell> served = cluster.kinds.stream()
                .flatMap(kind -> Stream.concat(
                                Stream.of(""), kind.subresources().stream().map(sub -> "/" + sub.name()))
                        .map(sub -> new RoleTable.Cell(kind.kind().group(), plural(kind) + sub, "")));
        return Stream.concat(served, TABLE.cells().stream())
                .filter(cell -> !cell.group().equals("*") && !cell.resource().contains("*"))
                .collect(Collectors.toSet());
    }

    private static String plural(ResourceDefinition kind) {
        return kind.resource().resource();
    }

    private boolean may(UserInfo user, String verb, RoleTable.Cell cell, String namespace) {
        int slash = cell.resource().indexOf('/');
        return authorizer.authorize(new Authorizer.Attributes(
                        user,
                        verb,
                        cell.group(),
                        "v1",
                        slash < 0 ? cell.resource() : cell.resource().substring(0, slash),
                        slash < 0 ? "" : cell.resource().substring(slash + 1),
                        namespace,
                        cell.name(),
                        ""))
                instanceof Authorizer.Decision.Allow;
    }

    @Test
    void eachRoleOpensThePathsThatKubernetesRolesOpen() {
        var paths = new TreeSet<>(List.of("/", "/api/v1", "/apis/apps/v1", "/logs", "/healthz/etcd", "/livez/ping"));
        TABLE.roles()
                .values()
                .forEach(role -> role.paths().keySet().stream()
                        .map(path -> path.replace("*", "any/thing"))
                        .forEach(paths::add));
        var wrong = new ArrayList<String>();
        TABLE.roles().forEach((role, expected) -> {
            UserInfo user = holder(role, expected.namespace());
            for (String path : paths) {
                for (String verb : List.of("get", "post")) {
                    boolean should = expected.paths().entrySet().stream()
                            .anyMatch(entry -> (entry.getValue().contains(verb)
                                            || entry.getValue().contains("*"))
                                    && covers(entry.getKey(), path));
                    boolean may =
                            authorizer.authorize(new Authorizer.Attributes(user, verb, "", "", "", "", "", "", path))
                                    instanceof Authorizer.Decision.Allow;
                    if (may != should) {
                        wrong.add("%s %s %s: not %s".formatted(role, verb, path, should));
                    }
                }
            }
        });

        assertThat(wrong).isEmpty();
    }

    private static boolean covers(String rule, String path) {
        return rule.endsWith("*") ? path.startsWith(rule.substring(0, rule.length() - 1)) : rule.equals(path);
    }

    @Test
    void thereAreTheRolesAndBindingsOfKubernetesAndThoseOfOurOwnByTheirNames() {
        var roles = Stream.concat(list("clusterroles"), list("roles"))
                .map(role -> (role.namespace().isEmpty() ? "" : role.namespace() + "/") + role.name())
                .filter(name -> !isOurs(name))
                .toList();
        var bindings = Stream.concat(list("clusterrolebindings"), list("rolebindings"))
                .map(DefaultRolesTest::shown)
                .filter(line -> !isOurs(line))
                .toList();

        assertThat(roles).containsExactlyInAnyOrderElementsOf(TABLE.roles().keySet());
        assertThat(bindings).containsExactlyInAnyOrderElementsOf(RoleTable.lines("default-bindings.txt"));
    }

    private Stream<Resource> list(String resource) {
        return cluster.registry.list(new GroupResource(GROUP, resource), "").stream();
    }

    /// `system:aggregated-metrics-reader` is of metrics-server's manifests, `system:coredns` of kubeadm's.
    private static boolean isOurs(String name) {
        return name.contains("longshore")
                || name.startsWith("system:aggregated-metrics-reader")
                || name.startsWith("system:coredns");
    }

    private static String shown(Resource binding) {
        String namespace = binding.namespace().isEmpty() ? "" : binding.namespace() + "/";
        String subjects = Trees.list(binding.tree(), "subjects").stream()
                .map(subject -> Trees.text(subject, "kind") + " "
                        + (Trees.text(subject, "namespace").isEmpty() ? "" : Trees.text(subject, "namespace") + "/")
                        + Trees.text(subject, "name"))
                .sorted()
                .collect(Collectors.joining(", "));
        return namespace + binding.name() + " -> " + binding.text("roleRef", "kind") + " "
                + binding.text("roleRef", "name") + ": " + (subjects.isEmpty() ? "nobody" : subjects);
    }

    @Test
    void everyDefaultIsMarkedAsKubernetesMarksItsDefaults() {
        assertThat(Stream.of("clusterroles", "roles", "clusterrolebindings", "rolebindings")
                        .flatMap(this::list))
                .allMatch(object -> "rbac-defaults".equals(object.labels().get("kubernetes.io/bootstrapping"))
                        && "true".equals(object.annotations().get("rbac.authorization.kubernetes.io/autoupdate")));
    }
}
