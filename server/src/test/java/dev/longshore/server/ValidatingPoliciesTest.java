package dev.longshore.server;

import static dev.longshore.server.PolicyApi.configMap;
import static dev.longshore.server.PolicyApi.configMaps;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// ValidatingAdmissionPolicies in force: what they refuse, how they say so, and what configures them.
class ValidatingPoliciesTest {

    private static final String DENY = "validationActions: [Deny]";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final PolicyApi POLICIES = new PolicyApi();

    private final String namespace = POLICIES.namespace();

    @AfterAll
    static void end() {
        POLICIES.close();
    }

    private String said(String why) {
        return "ValidatingAdmissionPolicy '%s' with binding 'bound-%s' denied request: %s"
                .formatted(namespace, namespace, why);
    }

    @Test
    void refuseWithWhatTheySay() {
        POLICIES.validate(namespace, """
                variables: [{name: size, expression: 'object.?data.orValue({}).size()'}]
                validations:
                - {expression: variables.size <= 1, messageExpression: '"%d is too many".format([variables.size])'}
                - {expression: '!has(object.data) || !("secret" in object.data)', message: no secrets here, reason: Forbidden}
                - {expression: '!has(object.data) || !("huge" in object.data)', reason: RequestEntityTooLarge}
                """, DENY);

        var many = POLICIES.awaitSaid(namespace, "{a: b, c: d}", "denied request");
        assertThat(many.status()).isEqualTo(422);
        assertThat(many.message()).isEqualTo("configmaps \"one\" is forbidden: " + said("2 is too many"));
        assertThat(many.json().path("reason").asString()).isEqualTo("Invalid");
        assertThat(many.json().path("details").toString())
                .isEqualTo("{\"name\":\"one\",\"kind\":\"configmaps\",\"causes\":[{\"message\":\"%s\"}]}"
                        .formatted(said("2 is too many")));
        var secret = POLICIES.pretend(namespace, "{secret: b}");
        assertThat(secret.status()).isEqualTo(403);
        assertThat(secret.message()).endsWith("denied request: no secrets here");
        var huge = POLICIES.pretend(namespace, "{huge: b}");
        assertThat(huge.status()).isEqualTo(413);
        assertThat(huge.message())
                .endsWith("denied request: failed expression: !has(object.data) || !(\"huge\" in object.data)");
        assertThat(POLICIES.pretend(namespace, "{a: b}").status()).isEqualTo(201);
    }

    @Test
    void seeRequestNamespaceOldObjectAndAuthorizer() {
        POLICIES.validate(namespace, """
                matchConditions: [{name: not-me, expression: 'object == null || object.metadata.name != "skipped"'}]
                validations:
                - {expression: 'request.operation != "UPDATE" || object.data.a == oldObject.data.a', message: a is fixed}
                - {expression: 'request.operation != "DELETE" || !("keep" in oldObject.data)', message: this is kept}
                - expression: 'namespaceObject.metadata.labels["policed"] == request.namespace && request.name in ["one", "two"]'
                  message: the wrong place
                - {expression: 'authorizer.requestResource.check("get").allowed() && request.userInfo.groups.exists(g, g == "system:masters")', message: who are you}
                """, DENY);
        String one = configMaps(namespace) + "/one";
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                POLICIES.post(configMaps(namespace) + "?dryRun=All", configMap("other", "{}"))
                                        .text())
                        .contains("the wrong place"));

        assertThat(POLICIES.post(configMaps(namespace) + "?dryRun=All", configMap("skipped", "{}"))
                        .status())
                .isEqualTo(201);
        POLICIES.made(configMaps(namespace), configMap("one", "{a: b, keep: this}"));
        assertThat(POLICIES.api
                        .send("PATCH", one, "{'data':{'a':'c'}}", "Content-Type", "application/merge-patch+json")
                        .message())
                .isEqualTo("configmaps \"one\" is forbidden: " + said("a is fixed"));
        assertThat(POLICIES.api.send("DELETE", one, "").message())
                .isEqualTo("configmaps \"one\" is forbidden: " + said("this is kept"));
        assertThat(POLICIES.api
                        .send("PATCH", one, "{'data':{'keep':null}}", "Content-Type", "application/merge-patch+json")
                        .status())
                .isEqualTo(200);
        assertThat(POLICIES.api.send("DELETE", one, "").status()).isEqualTo(200);
    }

    @Test
    void areConfiguredByObjects() {
        POLICIES.validate(namespace, """
                paramKind: {apiVersion: v1, kind: Secret}
                validations:
                - expression: 'object.data.a != string(params.metadata.name)'
                  messageExpression: '"not " + params.metadata.labels["tier"]'
                """, """
                validationActions: [Deny]
                paramRef: {selector: {matchLabels: {limits: "yes"}}, parameterNotFoundAction: Deny}
                """);

        POLICIES.awaitSaid(
                namespace,
                "{a: first}",
                said(
                        "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction"));
        for (String name : new String[] {"first", "second"}) {
            POLICIES.made(
                    "/api/v1/namespaces/" + namespace + "/secrets",
                    "{apiVersion: v1, kind: Secret, metadata: {name: %s, labels: {limits: \"yes\", tier: %s-tier}}}"
                            .formatted(name, name));
        }
        POLICIES.awaitSaid(namespace, "{a: first}", said("not first-tier"));
        POLICIES.awaitSaid(namespace, "{a: second}", said("not second-tier"));
        assertThat(POLICIES.pretend(namespace, "{a: third}").status()).isEqualTo(201);
    }

    @Test
    void areConfiguredByCustomResourcesAndFailWhereTheirKindIsNotThere() {
        POLICIES.validate(namespace, """
                paramKind: {apiVersion: example.com/v1, kind: Limit}
                validations: [{expression: 'object.data.size() <= params.most'}]
                """, """
                validationActions: [Deny]
                paramRef: {name: few, parameterNotFoundAction: Allow}
                """);

        var unknown = POLICIES.awaitSaid(namespace, "{a: b, c: d}", "denied request");
        assertThat(unknown.message())
                .isEqualTo("configmaps \"one\" is forbidden: ValidatingAdmissionPolicy '" + namespace
                        + "' denied request: failed to configure policy: failed to find resource referenced by paramKind:"
                        + " 'example.com/v1, Kind=Limit'");
        POLICIES.custom.define(CustomApi.definition("limits", "Limit", CustomApi.only("most: {type: integer}")));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                POLICIES.pretend(namespace, "{a: b, c: d}").status())
                        .isEqualTo(201));
        POLICIES.made(
                "/apis/example.com/v1/namespaces/" + namespace + "/limits",
                "{apiVersion: example.com/v1, kind: Limit, metadata: {name: few}, most: 1}");
        POLICIES.awaitSaid(namespace, "{a: b, c: d}", said("failed expression: object.data.size() <= params.most"));
        assertThat(POLICIES.pretend(namespace, "{a: b}").status()).isEqualTo(201);
    }

    @Test
    void warnInsteadOfRefusing() {
        POLICIES.validate(
                namespace,
                "validations: [{expression: 'object.data.a == \"b\"', message: think again}]",
                "validationActions: [Warn, Audit]");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                POLICIES.pretend(namespace, "{a: c}").headers().all("Warning"))
                        .containsExactly(
                                "299 - \"Validation failed for ValidatingAdmissionPolicy '%s' with binding 'bound-%s': think again\""
                                        .formatted(namespace, namespace)));
        assertThat(POLICIES.pretend(namespace, "{a: c}").status()).isEqualTo(201);
        assertThat(POLICIES.pretend(namespace, "{a: b}").headers().all("Warning"))
                .isEmpty();
    }

    @Test
    void failWithTheRequestOrAreIgnored() {
        String other = POLICIES.namespace();
        POLICIES.validate(namespace, "validations: [{expression: object.nope == 1}]", DENY);
        POLICIES.validate(
                other,
                "failurePolicy: Ignore\nvalidations: [{expression: object.nope == 1}, {expression: 'object.data.a == \"b\"'}]",
                DENY);

        POLICIES.awaitSaid(
                namespace, "{a: b}", said("expression 'object.nope == 1' resulted in error: no such key: nope"));
        POLICIES.awaitSaid(other, "{a: c}", "failed expression: object.data.a");
        assertThat(POLICIES.pretend(other, "{a: b}").status()).isEqualTo(201);
    }

    @Test
    void costOnlySoMuch() {
        POLICIES.validate(namespace, """
                variables: [{name: many, expression: '"0123456789012345678901234567890123456789".split("")'}]
                validations:
                - expression: 'variables.many.all(a, variables.many.all(b, variables.many.all(c, variables.many.all(d, a + b + c + d != "x"))))'
                """, DENY);

        POLICIES.awaitSaid(namespace, "{a: b}", "resulted in error: operation cancelled: actual cost limit exceeded");
    }

    @Test
    void seeScalesConnectionsAndCustomResources() {
        POLICIES.custom.define(CustomApi.definition("gadgets", "Gadget", CustomApi.only("size: {type: integer}")));
        POLICIES.validate(namespace, """
                matchConstraints:
                  resourceRules:
                  - {operations: [CREATE], apiGroups: [example.com], apiVersions: [v1], resources: [gadgets]}
                  - {operations: [UPDATE], apiGroups: [apps], apiVersions: [v1], resources: [deployments/scale]}
                  - {operations: [CONNECT], apiGroups: [""], apiVersions: [v1], resources: [pods/exec]}
                validations:
                - {expression: 'request.resource.resource != "gadgets" || object.size < 3', message: too big}
                - {expression: 'request.?subResource.orValue("") != "scale" || object.spec.replicas < 3', message: too many}
                - {expression: 'request.operation != "CONNECT"', messageExpression: '"no " + object.kind'}
                """, DENY);
        String gadgets = "/apis/example.com/v1/namespaces/" + namespace + "/gadgets?dryRun=All";
        String gadget = "{apiVersion: example.com/v1, kind: Gadget, metadata: {name: g}, size: %d}";
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                POLICIES.post(gadgets, gadget.formatted(3)).message())
                        .isEqualTo("gadgets.example.com \"g\" is forbidden: " + said("too big")));
        assertThat(POLICIES.post(gadgets, gadget.formatted(2)).status()).isEqualTo(201);

        String deployments = "/apis/apps/v1/namespaces/" + namespace + "/deployments";
        POLICIES.made(deployments, """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec:
                  selector: {matchLabels: {a: b}}
                  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}
                """);
        assertThat(POLICIES.api
                        .send(
                                "PATCH",
                                deployments + "/web/scale",
                                "{'spec':{'replicas':5}}",
                                "Content-Type",
                                "application/merge-patch+json")
                        .message())
                .isEqualTo("deployments.apps \"web\" is forbidden: " + said("too many"));
        POLICIES.made("/api/v1/namespaces/" + namespace + "/pods", """
                apiVersion: v1
                kind: Pod
                metadata: {name: p}
                spec: {containers: [{name: c, image: i}], automountServiceAccountToken: false}
                """);
        assertThat(POLICIES.api
                        .send("POST", "/api/v1/namespaces/" + namespace + "/pods/p/exec?command=ls&stdout=true", "")
                        .message())
                .isEqualTo("pods \"p\" is forbidden: " + said("no PodExecOptions"));
    }

    @Test
    void areNeverAskedAboutThemselves() {
        POLICIES.made("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies", """
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicy
                metadata: {name: %s-all}
                spec:
                  matchConstraints: {resourceRules: [{operations: [CREATE], apiGroups: ["*"], apiVersions: ["*"], resources: ["*"]}]}
                  matchConditions: [{name: here, expression: 'object.metadata.name.startsWith("%s-self")'}]
                  validations: [{expression: "false"}]
                """.formatted(
                        namespace, namespace));
        String bindings = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";
        POLICIES.made(bindings, """
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicyBinding
                metadata: {name: %s-all}
                spec: {policyName: %s-all, validationActions: [Deny]}
                """.formatted(namespace, namespace));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(POLICIES.post(
                                        configMaps(namespace) + "?dryRun=All", configMap(namespace + "-self", "{}"))
                                .status())
                        .isEqualTo(422));

        assertThat(POLICIES.post(bindings + "?dryRun=All", """
                        apiVersion: admissionregistration.k8s.io/v1
                        kind: ValidatingAdmissionPolicyBinding
                        metadata: {name: %s-self}
                        spec: {policyName: nothing, validationActions: [Deny]}
                        """.formatted(namespace))
                        .status())
                .isEqualTo(201);
    }
}
