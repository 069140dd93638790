package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Policies of admission with `kubectl`: made, in force, changed, and gone.
@ExtendWith(HollowShared.class)
@ParameterizedClass
@MethodSource("dev.longshore.journeys.Kubectl#both")
@Order(13)
record KubectlPolicyJourneyTest(Kubectl anywhere) {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String GROUP = "admissionregistration.k8s.io";

    /// A policy for Deployments, and a binding of the same name that puts it into force in one namespace.
    private static String bound(String sort, String name, String rest, String binding) {
        return """
                apiVersion: %1$s/v1
                kind: %2$sAdmissionPolicy
                metadata: {name: %3$s, labels: {journey: %3$s}}
                spec:
                  matchConstraints:
                    resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}]
                %4$s---
                apiVersion: %1$s/v1
                kind: %2$sAdmissionPolicyBinding
                metadata: {name: %3$s, labels: {journey: %3$s}}
                spec:
                  policyName: %3$s
                  matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %3$s}}}
                %5$s""".formatted(GROUP, sort, name, rest.indent(2), binding.indent(2));
    }

    private static String deployment(int replicas) {
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec:
                  replicas: %d
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec: {containers: [{name: web, image: nginx}]}
                """.formatted(replicas);
    }

    private static void remove(Kubectl kubectl, String sort) {
        String kind = sort.toLowerCase(java.util.Locale.ROOT) + "admissionpolic";
        kubectl.ok("delete", kind + "ybindings," + kind + "ies", "-l", "journey=" + kubectl.namespace());
    }

    @Test
    void aPolicyWithVariablesRefusesADeployment() {
        Kubectl kubectl = anywhere.fresh("policies");
        kubectl.okWith(bound("Validating", kubectl.namespace(), """
                        variables:
                        - {name: replicas, expression: object.spec.replicas}
                        - {name: isOdd, expression: variables.replicas % 2 == 1}
                        validations:
                        - {expression: variables.replicas > 1, message: wants to be replicated, reason: Invalid}
                        - {expression: variables.isOdd, messageExpression: '"%d is even".format([variables.replicas])'}
                        """, "validationActions: [Deny]"), "apply");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.runWith(deployment(1), "create", "--dry-run=server", "-f", "-")
                                .failed()
                                .err())
                        .contains(
                                "ValidatingAdmissionPolicy '%1$s' with binding '%1$s' denied request: wants to be replicated"
                                        .formatted(kubectl.namespace())));
        assertThat(kubectl.runWith(deployment(2), "create", "-f", "-").failed().err())
                .contains("denied request: 2 is even");
        kubectl.okWith(deployment(3), "create");
        assertThat(kubectl.fails("patch", "deployment", "web", "-p", "{\"spec\":{\"replicas\":4}}"))
                .contains("denied request: 4 is even");
        remove(kubectl, "Validating");
        await().atMost(PATIENCE).untilAsserted(() -> kubectl.ok("scale", "deployment", "web", "--replicas=2"));
        kubectl.ok("patch", "deployment", "web", "-p", "{\"spec\":{\"replicas\":4}}");
    }

    @Test
    void aPolicyIsMadeReadChangedAndGoneAndItsStatusTellsOfDoubtfulTypes() {
        Kubectl kubectl = anywhere.fresh("policies");
        String name = kubectl.namespace();
        kubectl.okWith(
                bound(
                        "Validating",
                        name,
                        "validations: [{expression: object.spec.nope > 1}]",
                        "validationActions: [Warn]"),
                "create");

        assertThat(kubectl.ok("get", "validatingadmissionpolicies", "-l", "journey=" + name))
                .contains("VALIDATIONS", "PARAMKIND", name);
        assertThat(kubectl.ok("get", "validatingadmissionpolicybindings", name)).contains("POLICYNAME", name);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.value(
                                "validatingadmissionpolicy " + name,
                                "{.status.observedGeneration} {.status.typeChecking.expressionWarnings[0].fieldRef}"
                                        + " {.status.typeChecking.expressionWarnings[0].warning}"))
                        .startsWith("1 spec.validations[0].expression apps/v1, Kind=Deployment: ERROR: <input>:1:12:"
                                + " undefined field 'nope'"));
        kubectl.ok(
                "patch",
                "validatingadmissionpolicy",
                name,
                "--type=merge",
                "-p",
                "{\"spec\":{\"validations\":[{\"expression\":\"object.spec.replicas > 1\"}]}}");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.value(
                                "validatingadmissionpolicy " + name,
                                "{.status.observedGeneration} {.status.typeChecking.expressionWarnings}"))
                        .isEqualTo("2 "));
        kubectl.ok("label", "validatingadmissionpolicybinding", name, "seen=yes");
        assertThat(kubectl.fails(
                        "patch",
                        "validatingadmissionpolicy",
                        name,
                        "--type=merge",
                        "-p",
                        "{\"spec\":{\"validations\":[{\"expression\":\"nope\"}]}}"))
                .contains(
                        "spec.validations[0].expression: Invalid value: \"nope\": compilation failed: ERROR: <input>:1:1:"
                                + " undeclared reference to 'nope' (in container '')");
        remove(kubectl, "Validating");
        assertThat(kubectl.fails("get", "validatingadmissionpolicy", name)).contains("NotFound");
        assertThat(kubectl.fails("get", "validatingadmissionpolicybinding", name))
                .contains("NotFound");
    }

    @Test
    void aPolicyChangesADeploymentAndIsMadeReadChangedAndGone() {
        Kubectl kubectl = anywhere.fresh("policies");
        String name = kubectl.namespace();
        kubectl.okWith(bound("Mutating", name, """
                        failurePolicy: Fail
                        reinvocationPolicy: Never
                        mutations:
                        - patchType: ApplyConfiguration
                          applyConfiguration:
                            expression: |-
                              Object{
                                metadata: Object.metadata{annotations: {"example.com/seen": string(object.spec.replicas)}},
                                spec: Object.spec{replicas: object.spec.replicas + 1}
                              }
                        - patchType: JSONPatch
                          jsonPatch:
                            expression: |-
                              [JSONPatch{op: "add", path: "/metadata/annotations/" + jsonpatch.escapeKey("example.com/more"), value: "yes"}]
                        """, ""), "create");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.okWith(
                                deployment(2),
                                "create",
                                "--dry-run=server",
                                "-o",
                                "jsonpath={.spec.replicas} {.metadata.annotations}"))
                        .isEqualTo("3 {\"example.com/more\":\"yes\",\"example.com/seen\":\"2\"}"));
        kubectl.okWith(deployment(4), "create");
        assertThat(kubectl.value("deployment web", "{.spec.replicas}")).isEqualTo("5");
        assertThat(kubectl.ok("get", "mutatingadmissionpolicies", "-l", "journey=" + name))
                .contains("MUTATIONS", name);
        assertThat(kubectl.ok("get", "mutatingadmissionpolicybindings", name)).contains("POLICYNAME", name);
        kubectl.ok("label", "mutatingadmissionpolicy", name, "seen=yes");
        kubectl.ok("label", "mutatingadmissionpolicybinding", name, "seen=yes");
        assertThat(
                        kubectl.fails(
                                "patch",
                                "mutatingadmissionpolicy",
                                name,
                                "--type=json",
                                "-p",
                                "[{\"op\":\"replace\",\"path\":\"/spec/mutations/1/jsonPatch/expression\",\"value\":\"object\"}]"))
                .contains("spec.mutations[1].jsonPatch.expression: Invalid value: \"object\": must evaluate to"
                        + " list(JSONPatch) but got dyn");
        remove(kubectl, "Mutating");
        assertThat(kubectl.fails("get", "mutatingadmissionpolicy", name)).contains("NotFound");
    }
}
