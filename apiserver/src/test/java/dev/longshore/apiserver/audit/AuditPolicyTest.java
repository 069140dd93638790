package dev.longshore.apiserver.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.UserInfo;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditPolicyTest {

    private static final String HEAD = "apiVersion: audit.k8s.io/v1\nkind: Policy\n";
    private static final UserInfo TIM = UserInfo.of("tim", "humans");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pods             | pods      | ''    | a | true",
                "pods             | pods      | log   | a | false",
                "pods/log         | pods      | log   | a | true",
                "pods/*           | pods      | log   | a | true",
                "pods/*           | pods      | ''    | a | true",
                "*/scale          | replicas  | scale | a | true",
                "*/scale          | replicas  | ''    | a | false",
                "*                | anything  | at    | a | true",
                "services         | pods      | ''    | a | false",
            })
    void resourcesAreNamedWithAndWithoutWhatIsBelowThem(
            String rule, String resource, String subresource, String name, boolean fits) {
        AuditPolicy policy = PolicyFile.parse(
                HEAD + "rules: [{level: Metadata, resources: [{group: '', resources: ['" + rule + "']}]}]");

        assertThat(level(policy, resource(TIM, "get", "", resource, subresource, "ns", name)))
                .isEqualTo(fits ? AuditLevel.METADATA : AuditLevel.NONE);
    }

    @Test
    void theFirstRuleThatFitsDecides() {
        AuditPolicy policy = PolicyFile.parse(HEAD + """
                omitStages: [RequestReceived]
                omitManagedFields: true
                rules:
                - level: None
                  users: [system:kube-proxy]
                  verbs: [watch]
                - level: Request
                  userGroups: [humans]
                  namespaces: [kube-system, '']
                  omitStages: [Panic]
                  omitManagedFields: false
                - level: RequestResponse
                  resources: [{group: apps, resources: [deployments], resourceNames: [web]}, {group: batch}]
                - level: None
                  nonResourceURLs: [/healthz*, /version]
                - level: Metadata
                """);
        UserInfo proxy = UserInfo.of("system:kube-proxy");

        assertThat(level(policy, resource(proxy, "watch", "", "services", "", "", "")))
                .isEqualTo(AuditLevel.NONE);
        assertThat(level(policy, resource(proxy, "list", "", "services", "", "", "")))
                .isEqualTo(AuditLevel.METADATA);
        var ruled = policy.judge(resource(TIM, "get", "", "nodes", "", "", "n"));
        assertThat(ruled.level()).isEqualTo(AuditLevel.REQUEST);
        assertThat(ruled.omitStages()).containsExactlyInAnyOrder(AuditStage.REQUEST_RECEIVED, AuditStage.PANIC);
        assertThat(ruled.omitManagedFields()).isFalse();
        assertThat(level(policy, resource(TIM, "get", "apps", "deployments", "", "ns", "web")))
                .isEqualTo(AuditLevel.REQUEST_RESPONSE);
        assertThat(level(policy, resource(TIM, "get", "apps", "deployments", "", "ns", "db")))
                .isEqualTo(AuditLevel.METADATA);
        assertThat(level(policy, resource(TIM, "get", "batch", "jobs", "status", "ns", "x")))
                .isEqualTo(AuditLevel.REQUEST_RESPONSE);
        assertThat(level(policy, path(TIM, "/healthz/etcd"))).isEqualTo(AuditLevel.NONE);
        assertThat(level(policy, path(TIM, "/versions"))).isEqualTo(AuditLevel.METADATA);
        assertThat(policy.judge(path(TIM, "/x")).omitManagedFields()).isTrue();
    }

    @Test
    void whatMakesNoSenseIsRefusedInTheWordsOfTheOriginal() {
        refused("rules: [{}]", "rules[0].level: Required value");
        refused(
                "rules: [{level: All}]",
                "rules[0].level: Unsupported value: \"All\": supported values: \"None\", \"Metadata\", \"Request\","
                        + " \"RequestResponse\"");
        refused(
                "rules: [{level: None, nonResourceURLs: [healthz, '/a*b'], namespaces: [x]}]",
                "[rules[0].nonResourceURLs[0]: Invalid value: \"healthz\": non-resource URL rules must begin with a '/'"
                        + " character, rules[0].nonResourceURLs[1]: Invalid value: \"/a*b\": non-resource URL wildcards"
                        + " '*' must be the final character of the rule, rules[0].nonResourceURLs: Invalid value:"
                        + " [\"healthz\",\"/a*b\"]: rules cannot apply to both regular resources and non-resource"
                        + " URLs]");
        refused(
                "rules: [{level: None, resources: [{group: rbac/v1, resourceNames: [a]}]}]",
                "rules[0].resources.group: Invalid value: \"rbac/v1\": a lowercase RFC 1123 subdomain must");
        refused(
                "rules: [{level: None, resources: [{resourceNames: [a]}]}]",
                "rules[0].resources.resourceNames: Invalid value: [\"a\"]: using resourceNames requires at least one"
                        + " resource");
        refused(
                "omitStages: [Late]\nrules: [{level: None}]",
                "omitStages[0]: Invalid value: \"Late\": allowed stages are"
                        + " RequestReceived,ResponseStarted,ResponseComplete,Panic");
        refused("rules: []", "loaded illegal policy with 0 rules");
        refused("rules: {}", "failed decoding: json: cannot unmarshal object into Go struct field Policy.rules");
        refused("rules: [{level: 1}]", "failed decoding: json: cannot unmarshal number into Go struct field");
    }

    private static void refused(String rest, String words) {
        assertThatThrownBy(() -> PolicyFile.parse(HEAD + rest))
                .isInstanceOf(AuditConfigException.class)
                .hasMessageContaining(words);
    }

    @Test
    void otherKindsOtherVersionsAndMissingFilesAreRefused() {
        assertThatThrownBy(() -> PolicyFile.parse("rules: [{level: None}]"))
                .hasMessageStartingWith("unknown group version field");
        assertThatThrownBy(() -> PolicyFile.parse("apiVersion: audit.k8s.io/v1beta1\nkind: Policy"))
                .hasMessageContaining(
                        "no kind \"Policy\" is registered for version \"audit.k8s.io/v1beta1\" in scheme");
        assertThatThrownBy(() -> PolicyFile.parse(": : :")).hasMessageStartingWith("failed decoding: yaml: ");
        assertThatThrownBy(() -> PolicyFile.read(Path.of("/nowhere/policy.yaml")))
                .hasMessage("loading audit policy file: failed to read file path \"/nowhere/policy.yaml\": open"
                        + " /nowhere/policy.yaml: no such file or directory");
    }

    @Test
    void unknownFieldsAreLeftOut() {
        AuditPolicy policy = PolicyFile.parse(HEAD + "rules: [{level: Metadata, verbz: [get]}]");

        assertThat(level(policy, path(TIM, "/x"))).isEqualTo(AuditLevel.METADATA);
    }

    private static AuditLevel level(AuditPolicy policy, Attributes asked) {
        return policy.judge(asked).level();
    }

    private static Attributes path(UserInfo user, String path) {
        return new Attributes(user, "get", "", "", "", "", "", "", path);
    }

    private static Attributes resource(
            UserInfo user,
            String verb,
            String group,
            String resource,
            String subresource,
            String namespace,
            String name) {
        return new Attributes(user, verb, group, "v1", resource, subresource, namespace, name, "");
    }
}
