package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Roles that are made of other roles.
@ExtendWith(HollowShared.class)
@ParameterizedClass
@MethodSource("dev.longshore.journeys.Kubectl#both")
@Order(18)
record RoleAggregationJourneyTest(Kubectl kubectl) {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void theRolesForPeopleContainWhatTheyAreMadeOf() {
        String verbs = "{range .rules[*]}{.resources}{.verbs}{\"\\n\"}{end}";
        await().atMost(PATIENCE).untilAsserted(() -> {
            String view = kubectl.value("clusterrole view", verbs);
            // What may be seen of the cluster itself, and of what its pods use.
            assertThat(view)
                    .isEqualTo(kubectl.value("clusterrole system:aggregate-to-view", verbs)
                            + kubectl.value("clusterrole system:aggregated-metrics-reader", verbs))
                    .contains("[\"configmaps\"");
            String edit = kubectl.value("clusterrole edit", verbs);
            assertThat(edit.lines())
                    .containsAll(kubectl.value("clusterrole system:aggregate-to-edit", verbs)
                            .lines()
                            .toList())
                    .containsAll(view.lines().toList());
            assertThat(kubectl.value("clusterrole admin", verbs).lines())
                    .containsAll(edit.lines().toList())
                    .anySatisfy(rule -> assertThat(rule).startsWith("[\"localsubjectaccessreviews\"]"));
        });
        assertThat(kubectl.ok("get", "clusterrole", "view", "-o", "yaml", "--show-managed-fields"))
                .contains("manager: clusterrole-aggregation-controller", "operation: Apply");
    }

    @Test
    void aRoleFollowsThoseItSelects() {
        kubectl.okWith("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: monitoring}
                aggregationRule: {clusterRoleSelectors: [{matchLabels: {example.com/aggregate: monitoring}}]}
                rules: []
                """, "apply");
        kubectl.okWith("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: monitoring-part, labels: {example.com/aggregate: monitoring}}
                rules: [{apiGroups: [""], resources: [services], verbs: [get]}]
                """, "apply");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.value("clusterrole monitoring", "{.rules[*].resources}"))
                        .isEqualTo("[\"services\"]"));

        kubectl.ok("delete", "clusterrole", "monitoring-part");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.value("clusterrole monitoring", "{.rules}"))
                        .isIn("", "[]", "null"));
        kubectl.ok("delete", "clusterrole", "monitoring");
    }
}
