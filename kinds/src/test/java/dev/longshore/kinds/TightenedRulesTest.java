package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Yaml;
import dev.longshore.model.Resource;
import dev.longshore.model.Strategy;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Objects that were stored before a rule was tightened: an update may keep what breaks it, and nothing else may have
/// it.
class TightenedRulesTest {

    private static final Cluster CLUSTER = new Cluster();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            policy/v1 PodDisruptionBudget                         | /spec/selector                  | {matchExpressions: [{key: a, operator: In, values: ["-"]}]}
            networking.k8s.io/v1 NetworkPolicy                    | /spec/podSelector               | {matchExpressions: [{key: a, operator: In, values: ["-"]}]}
            networking.k8s.io/v1 Ingress                          | /spec/tls                       | [{hosts: [a.example.com], secretName: A}]
            networking.k8s.io/v1 Ingress                          | /spec/rules                     | [{host: "*.example.com", http: {paths: [{path: /}]}}]
            storage.k8s.io/v1 CSIStorageCapacity                  | /nodeTopology                   | {matchExpressions: [{key: a, operator: In, values: ["-"]}]}
            admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration | /webhooks/0/objectSelector | {matchExpressions: [{key: a, operator: In, values: ["-"]}]}
            admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration | /webhooks/0/admissionReviewVersions | [v9]
            admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration | /webhooks/0/matchConditions | [{name: odd, expression: "1"}]
            admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy | /spec/matchConditions       | [{name: odd, expression: "1"}]
            v1 Pod                                                | /spec/affinity                  | {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: a, labelSelector: {matchExpressions: [{key: a, operator: In, values: ["-"]}]}}]}}
            v1 Pod                                                | /spec/affinity                  | {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: ["-"]}]}]}}}
            v1 Pod                                                | /spec/topologySpreadConstraints | [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {"-": a}}}]
            v1 Pod                                                | /spec/volumes/2/projected/sources/0/serviceAccountToken/path | ../token
            v1 Pod                                                | /metadata/annotations           | {controller.kubernetes.io/pod-deletion-cost: dear}
            v1 PersistentVolumeClaim                              | /spec/selector                  | {matchExpressions: [{key: a, operator: In, values: ["-"]}]}
            batch/v1 CronJob                                      | /spec/jobTemplate/spec/template/metadata | {annotations: {controller.kubernetes.io/pod-deletion-cost: dear}}
            apps/v1 Deployment                                    | /spec/template/spec/affinity    | {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: ["-"]}]}]}}}
            """)
    void whatWasStoredMayBeKept(String kind, String pointer, String value) {
        RuleTable table = RuleTable.all().stream()
                .filter(one -> one.shownKind().equals(kind))
                .findFirst()
                .orElseThrow();
        var definition = CLUSTER.kind(table.apiVersion(), table.kind());
        Strategy strategy = definition.strategy();
        Resource good = RuleTable.changed(table.object(), Map.of());
        Resource old = RuleTable.changed(table.object(), Map.of(pointer, Yaml.parse(value)));
        strategy.applyDefaults(good);
        strategy.applyDefaults(old);

        assertThat(strategy.validate(CLUSTER.call, old.copy())).as("new").isNotEmpty();
        assertThat(strategy.validateUpdate(CLUSTER.call, old.copy(), good))
                .as("changed")
                .isNotEmpty();
        assertThat(strategy.validateUpdate(CLUSTER.call, old.copy(), old))
                .as("kept")
                .isEmpty();
    }
}
