package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// MutatingAdmissionPolicies in force: what becomes of objects, and what is refused because nothing sensible would.
class MutatingPoliciesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String BINDING = "";
    private static final PolicyApi POLICIES = new PolicyApi();

    private final String namespace = POLICIES.namespace();

    @AfterAll
    static void end() {
        POLICIES.close();
    }

    private static String apply(String expression) {
        return "{patchType: ApplyConfiguration, applyConfiguration: {expression: '" + expression + "'}}";
    }

    private static String patch(String expression) {
        return "{patchType: JSONPatch, jsonPatch: {expression: '" + expression + "'}}";
    }

    private void mutate(String spec) {
        POLICIES.mutate(
                namespace, spec.contains("reinvocationPolicy") ? spec : "reinvocationPolicy: Never\n" + spec, BINDING);
    }

    private JsonNode changed(String data) {
        return POLICIES.pretend(namespace, data).json();
    }

    private void awaitData(String data, String wanted) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(changed(data).path("data").toString()).isEqualTo(wanted));
    }

    private String said(String why) {
        return "policy '%s' with binding 'bound-%s' denied request: %s".formatted(namespace, namespace, why);
    }

    @Test
    void applyPartsAndPatchWhatComesOfIt() {
        mutate(
                """
                variables: [{name: count, expression: 'string(object.data.size())'}]
                mutations:
                - %s
                - %s
                """.formatted(
                                apply(
                                        "Object{metadata: Object.metadata{labels: {\"seen\": \"yes\"}}, data: Object.data{more: variables.count}}"),
                                patch(
                                        "[JSONPatch{op: \"add\", path: \"/data/\" + jsonpatch.escapeKey(\"x.y\"), value: variables.count}]")));

        awaitData("{a: b}", "{\"a\":\"b\",\"more\":\"1\",\"x.y\":\"2\"}");
        assertThat(changed("{a: b}").path("metadata").path("labels").toString()).isEqualTo("{\"seen\":\"yes\"}");
    }

    @Test
    void mergeListsByTheirKeysAndFillDefaultsIn() {
        mutate(
                """
                matchConstraints: {resourceRules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]}
                matchConditions: [{name: not-yet, expression: '!object.spec.?initContainers.orValue([]).exists(c, c.name == "proxy")'}]
                mutations: [%s]
                """.formatted(
                                apply(
                                        "Object{spec: Object.spec{containers: [Object.spec.containers{name: \"c\", imagePullPolicy: \"Never\"}], initContainers: [Object.spec.initContainers{name: \"proxy\", image: \"proxy:1\", restartPolicy: \"Always\"}]}}")));
        String pods = "/api/v1/namespaces/" + namespace + "/pods?dryRun=All";
        String pod = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {automountServiceAccountToken: false,"
                + " containers: [{name: c, image: i}, {name: d, image: j}]}}";

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(POLICIES.post(pods, pod)
                                .json()
                                .path("spec")
                                .path("initContainers")
                                .size())
                        .isEqualTo(1));
        JsonNode spec = POLICIES.post(pods, pod).json().path("spec");
        assertThat(spec.path("initContainers").path(0).path("imagePullPolicy").asString())
                .isEqualTo("IfNotPresent");
        assertThat(spec.path("containers").path(0).path("image").asString()).isEqualTo("i");
        assertThat(spec.path("containers").path(0).path("imagePullPolicy").asString())
                .isEqualTo("Never");
        assertThat(spec.path("containers").size()).isEqualTo(2);
    }

    @Test
    void refuseWhereNothingSensibleWouldComeOfIt() {
        mutate("""
                mutations:
                - %s
                - %s
                - %s
                - %s
                """.formatted(
                        apply("Object{spec: Object.spec{x: 1}}"),
                        apply("Object{metadata: Object.metadata{ownerReferences: [Object.metadata.wrong{}]}}"),
                        patch("[JSONPatch{op: \"remove\", path: \"/data/nope/deep\"}]"),
                        patch("[JSONPatch{op: \"add\", path: \"/data/a\", value: object.nope}]")));

        var answer = POLICIES.awaitSaid(namespace, "{a: b}", "denied request");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.json().path("reason").asString()).isEqualTo("Invalid");
        assertThat(answer.message())
                .isEqualTo(
                        said(
                                "error applying patch: failed to convert patch object to typed object: .spec: field not declared in schema"));
        assertThat(answer.json()
                        .path("details")
                        .path("causes")
                        .path(1)
                        .path("message")
                        .asString())
                .isEqualTo(said("type mismatch: unexpected type name \"Object.metadata.wrong\", expected"
                        + " \"Object.metadata.ownerReferences\", which matches field name path from root Object type"));
        assertThat(answer.json()
                        .path("details")
                        .path("causes")
                        .path(2)
                        .path("message")
                        .asString())
                .isEqualTo(
                        said(
                                "JSON Patch: remove operation does not apply: doc is missing path: \"/data/nope/deep\": missing value"));
        assertThat(answer.json()
                        .path("details")
                        .path("causes")
                        .path(3)
                        .path("message")
                        .asString())
                .contains("resulted in error: no such key: nope");
    }

    @Test
    void neverAddFieldsThatTheKindHasNotByAPatch() {
        mutate("mutations: [%s]"
                .formatted(patch("[JSONPatch{op: \"add\", path: \"/metadata/strange\", value: \"x\"}]")));

        var answer = POLICIES.awaitSaid(namespace, "{a: b}", "strict decoding error");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.message())
                .isEqualTo("Internal error occurred: strict decoding error: unknown field \"metadata.strange\"");
    }

    @Test
    void neverSetPartsOfWhatIsOneValue() {
        mutate("""
                matchConstraints: {resourceRules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]}
                mutations: [%s]
                """.formatted(apply("Object{spec: Object.spec{nodeSelector: {\"a\": \"b\"}}}")));
        String pod = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {automountServiceAccountToken: false,"
                + " containers: [{name: c, image: i}]}}";

        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(POLICIES.post("/api/v1/namespaces/" + namespace + "/pods?dryRun=All", pod)
                                        .message())
                                .isEqualTo(said(
                                        "error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps"
                                                + " or structs: .spec.nodeSelector")));
    }

    @Test
    void changeNothingWhereATestFailsAndNothingWhereFailuresAreIgnored() {
        mutate("""
                failurePolicy: Ignore
                mutations:
                - %s
                - %s
                - %s
                """.formatted(
                        patch(
                                "[JSONPatch{op: \"test\", path: \"/data/a\", value: \"x\"}, JSONPatch{op: \"add\", path: \"/data/never\", value: \"y\"}]"),
                        patch("[JSONPatch{op: \"add\", path: \"/data/a\", value: object.nope}]"),
                        patch("[JSONPatch{op: \"add\", path: \"/data/done\", value: \"yes\"}]")));

        awaitData("{a: b}", "{\"a\":\"b\",\"done\":\"yes\"}");
    }

    @Test
    void areAskedAgainWhenSomethingChangedAfterThem() {
        String later = namespace + "z";
        mutate("""
                reinvocationPolicy: IfNeeded
                mutations: [%s]
                """.formatted(apply("Object{data: Object.data{count: string(object.data.size())}}")));
        awaitData("{a: b}", "{\"a\":\"b\",\"count\":\"1\"}");
        POLICIES.made("/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies", """
                apiVersion: admissionregistration.k8s.io/v1
                kind: MutatingAdmissionPolicy
                metadata: {name: %s}
                spec:
                  reinvocationPolicy: Never
                  matchConstraints: {resourceRules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [configmaps]}]}
                  mutations: [%s]
                """.formatted(
                        later, apply("Object{data: Object.data{later: string(object.data.size())}}")));
        POLICIES.made("/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings", """
                apiVersion: admissionregistration.k8s.io/v1
                kind: MutatingAdmissionPolicyBinding
                metadata: {name: bound-%s}
                spec: {policyName: %s, matchResources: {namespaceSelector: {matchLabels: {policed: %s}}}}
                """.formatted(
                        later, later, namespace));

        // The first sees three fields when it is asked again; the second is asked once.
        awaitData("{a: b}", "{\"a\":\"b\",\"count\":\"3\",\"later\":\"2\"}");
    }

    @Test
    void changeCustomResources() {
        POLICIES.custom.define(
                CustomApi.definition(
                        "widgets",
                        "Widget",
                        CustomApi.only(
                                "spec: {type: object, properties: {size: {type: integer}, color: {type: string, default: red}}}")));
        mutate("""
                matchConstraints:
                  resourceRules: [{operations: [CREATE], apiGroups: [example.com], apiVersions: [v1], resources: [widgets]}]
                mutations: [%s]
                """.formatted(apply("Object{spec: Object.spec{size: object.spec.size * 2}}")));

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(POLICIES.post(
                                        "/apis/example.com/v1/namespaces/" + namespace + "/widgets?dryRun=All",
                                        "{apiVersion: example.com/v1, kind: Widget, metadata: {name: w}, spec: {size: 4}}")
                                .json()
                                .path("spec")
                                .toString())
                        .isEqualTo("{\"size\":8,\"color\":\"red\"}"));
    }
}
