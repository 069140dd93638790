package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.kinds.authorization.RoleReconciler;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RoleReconcilerTest {

    private static final String GROUP = "rbac.authorization.k8s.io";
    private static final GroupResource ROLES = new GroupResource(GROUP, "clusterroles");
    private static final GroupResource BINDINGS = new GroupResource(GROUP, "clusterrolebindings");
    private static final String READS = "{apiGroups: [''], resources: [pods, nodes], verbs: [get, list]}";

    private final Cluster cluster = new Cluster();
    private final RoleReconciler reconciler = new RoleReconciler(cluster.registry);

    private Resource role(String metadata, String more) {
        return cluster.read("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: r%s}
                %s
                """.formatted(metadata, more));
    }

    private Resource binding(String role, String subjects) {
        return cluster.read("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata: {name: b}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %s}
                subjects: [%s]
                """.formatted(role, subjects));
    }

    private Resource reconciled(Resource present, Resource wanted) {
        cluster.registry.put(present);
        reconciler.reconcile(wanted);
        GroupResource resource = wanted.kind().kind().equals("ClusterRole") ? ROLES : BINDINGS;
        return cluster.registry.get(resource, "", wanted.name()).orElseThrow();
    }

    @Test
    void whatIsMissingIsMade() {
        reconciler.reconcile(role("", "rules: [" + READS + "]"));

        assertThat(cluster.registry.get(ROLES, "", "r")).isPresent();

        cluster.registry.delete(ROLES, "", "r", Optional.empty());
        reconciler.reconcile(role("", "rules: [" + READS + "]"));

        assertThat(cluster.registry.get(ROLES, "", "r")).isPresent();
    }

    @Test
    void rulesThatAreMissingAreAddedAndThoseThatSomebodyAddedStay() {
        Resource now = reconciled(
                role(
                        "",
                        "rules: [{apiGroups: [''], resources: [pods], verbs: ['*']}, {apiGroups: [x], resources: [y], verbs: [z]}]"),
                role("", "rules: [" + READS + "]"));

        assertThat(now.at("rules"))
                .isEqualTo(role(
                                "",
                                "rules: [{apiGroups: [''], resources: [pods], verbs: ['*']}, {apiGroups: [x], resources: [y], verbs:"
                                        + " [z]}, {verbs: [get], apiGroups: [''], resources: [nodes]}, {verbs: [list],"
                                        + " apiGroups: [''], resources: [nodes]}]")
                        .at("rules"));
    }

    @Test
    void whatIsSaidInOtherWordsIsNotWrittenAgain() {
        Resource present = role("", "rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]");

        assertThat(reconciled(present, role("", "rules: [" + READS + "]"))).isEqualTo(present);
    }

    @Test
    void whoProtectsARoleKeepsItAsItIs() {
        Resource present = role(", annotations: {rbac.authorization.kubernetes.io/autoupdate: 'false'}", "rules: []");

        assertThat(reconciled(present, role("", "rules: [" + READS + "]"))).isEqualTo(present);
    }

    @Test
    void labelsAndAnnotationsAreAddedAndNotChanged() {
        Resource now = reconciled(
                role(", labels: {a: mine, c: kept}", "rules: []"),
                role(", labels: {a: theirs, b: added}, annotations: {n: added}", "rules: []"));

        assertThat(now.labels())
                .containsOnly(
                        java.util.Map.entry("a", "mine"),
                        java.util.Map.entry("b", "added"),
                        java.util.Map.entry("c", "kept"));
        assertThat(now.annotations()).containsEntry("n", "added");
    }

    @Test
    void selectorsOfAggregatedRolesAreAddedAndUnwantedAggregationEnds() {
        String one = "{matchLabels: {one: x}}";
        String two = "{matchLabels: {two: x}}";
        Resource now = reconciled(
                role("", "aggregationRule: {clusterRoleSelectors: [" + one + "]}"),
                role("", "aggregationRule: {clusterRoleSelectors: [" + two + "]}"));

        assertThat(now.at("aggregationRule"))
                .isEqualTo(role("", "aggregationRule: {clusterRoleSelectors: [" + one + ", " + two + "]}")
                        .at("aggregationRule"));
        assertThat(reconciled(now, role("", "rules: []")).at("aggregationRule").isMissingNode())
                .isTrue();
    }

    @Test
    void subjectsAreAddedAndThoseThatSomebodyAddedStay() {
        Resource now = reconciled(binding("r", "{kind: User, name: a}"), binding("r", "{kind: Group, name: b}"));

        assertThat(now.at("subjects"))
                .isEqualTo(binding("r", "{kind: User, name: a}, {kind: Group, name: b}")
                        .at("subjects"));
    }

    @Test
    void aBindingToAnotherRoleIsMadeAnew() {
        Resource now = reconciled(binding("other", "{kind: User, name: a}"), binding("r", "{kind: User, name: b}"));

        assertThat(now.text("roleRef", "name")).isEqualTo("r");
        assertThat(now.at("subjects"))
                .isEqualTo(binding("r", "{kind: User, name: b}").at("subjects"));
    }
}
