package dev.longshore.kinds.authorization.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.kinds.authorization.config.AuthorizationConfiguration.HookFlags;
import dev.longshore.kinds.authorization.config.AuthorizationConfiguration.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorizationFileTest {

    private static final String HEAD = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\n";
    private static final String HOOK = "timeout: 3s, subjectAccessReviewVersion: v1, failurePolicy: Deny,"
            + " matchConditionSubjectAccessReviewVersion: v1, connectionInfo: {type: KubeConfigFile, kubeConfigFile: @}";

    @TempDir
    private Path directory;

    private String kubeconfig;

    @BeforeEach
    void write() throws IOException {
        kubeconfig = Files.writeString(directory.resolve("kubeconfig"), "{}").toString();
    }

    private AuthorizationConfiguration read(String authorizers) {
        return AuthorizationFile.read(HEAD + "authorizers: [" + authorizers.replace("@", kubeconfig) + "]", Set.of());
    }

    private static String hook(String more) {
        return "{type: Webhook, name: hook, webhook: {" + HOOK + more + "}}";
    }

    @Test
    void aFileSaysWhoIsAskedInWhichOrder() {
        var configuration = read(hook(
                        ", authorizedTTL: 10s, cacheUnauthorizedRequests: false, matchConditions: [{expression: 'request.user"
                                + " != \"x\"'}]")
                + ", {type: Node, name: node}, {type: RBAC, name: rbac}, {type: Webhook, name: other, webhook: {"
                + HOOK + "}}");

        assertThat(configuration.authorizers())
                .extracting(AuthorizationConfiguration.Entry::name)
                .containsExactly("hook", "node", "rbac", "other");
        var first = configuration.authorizers().getFirst().hook().orElseThrow();
        assertThat(first.authorizedLife()).isEqualTo(Duration.ofSeconds(10));
        assertThat(first.unauthorizedLife()).isEqualTo(Duration.ZERO);
        assertThat(first.deniesOnError()).isTrue();
        assertThat(first.conditions().conditions()).hasSize(1);
        var last = configuration.authorizers().getLast().hook().orElseThrow();
        assertThat(last.authorizedLife()).isEqualTo(Duration.ofMinutes(5));
        assertThat(last.unauthorizedLife()).isEqualTo(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `` | authorizers: Required value: at least one authorization mode must be defined
            {name: x} | authorizers[0].type: Required value
            {type: Foo} | authorizers[0].type: Unsupported value: "Foo": supported values: "ABAC", "AlwaysAllow", "AlwaysDeny", "Node", "RBAC", "Webhook"
            {type: RBAC, name: rbac}, {type: RBAC, name: x} | authorizers[1].type: Duplicate value: "RBAC"
            {type: RBAC} | authorizers[0].name: Required value
            {type: RBAC, name: other} | expected name rbac for authorizer RBAC instead of other
            {type: RBAC, name: rbac, webhook: {}} | authorizers[0].webhook: Invalid value: "non-null": may only be specified when type=Webhook
            {type: Webhook, name: a} | authorizers[0].webhook: Required value: required when type=Webhook
            """)
    void whatIsWrongIsSaidAsKubernetesSaysIt(String authorizers, String message) {
        assertThatThrownBy(() -> read(authorizers)).hasMessage(message);
    }

    @Test
    void allThatABackEndNeedsIsAskedFor() {
        assertThatThrownBy(() -> read("{type: Webhook, name: a, webhook: {}}"))
                .hasMessage("[authorizers[0].timeout: Required value,"
                        + " authorizers[0].subjectAccessReviewVersion: Required value,"
                        + " authorizers[0].failurePolicy: Required value,"
                        + " authorizers[0].connectionInfo.type: Required value]");
        assertThatThrownBy(() -> read(
                        "{type: Webhook, name: a, webhook: {timeout: 31s, subjectAccessReviewVersion: v2, failurePolicy:"
                                + " Ignore, authorizedTTL: -1s, connectionInfo: {type: KubeConfigFile, kubeConfigFile: x},"
                                + " matchConditions: [{expression: 'true'}, {expression: 'true'}, {expression: '1'},"
                                + " {expression: 'request.foo'}, {expression: ' '}]}}"))
                .hasMessageContaining("authorizers[0].authorizedTTL: Invalid value: \"-1s\": must be > 0s")
                .hasMessageContaining("authorizers[0].timeout: Invalid value: \"31s\": must be > 0s and <= 30s")
                .hasMessageContaining("authorizers[0].subjectAccessReviewVersion: Unsupported value: \"v2\": supported"
                        + " values: \"v1\", \"v1beta1\"")
                .hasMessageContaining("authorizers[0].failurePolicy: Unsupported value: \"Ignore\"")
                .hasMessageContaining(
                        "authorizers[0].matchConditionSubjectAccessReviewVersion: Required value: required"
                                + " if match conditions are specified")
                .hasMessageContaining(
                        "authorizers[0].connectionInfo.kubeConfigFile: Invalid value: \"x\": must be an absolute path")
                .hasMessageContaining("authorizers[0].matchConditions[1].expression: Duplicate value: \"true\"")
                .hasMessageContaining(
                        "authorizers[0].matchConditions[2].expression: Invalid value: \"1\": must evaluate"
                                + " to bool but got int")
                .hasMessageContaining("authorizers[0].matchConditions[3].expression: Invalid value: \"request.foo\":"
                        + " compilation failed: ")
                .hasMessageContaining("authorizers[0].matchConditions[4].expression: Required value");
    }

    @Test
    void fieldsThatNobodyKnowsAreRefused() {
        assertThatThrownBy(() -> read("{type: RBAC, name: rbac, colour: red}"))
                .hasMessageStartingWith("failed to load AuthorizationConfiguration from file: ")
                .hasMessageContaining("unknown field \"authorizers[0].colour\"");
        assertThatThrownBy(() -> AuthorizationFile.read("kind: AuthorizationConfiguration", Set.of()))
                .hasMessageStartingWith("failed to load AuthorizationConfiguration from file: ");
        assertThatThrownBy(() -> AuthorizationFile.read("][", Set.of()))
                .hasMessageStartingWith("failed to load AuthorizationConfiguration from file: ");
    }

    @Test
    void whatTheServerBeganWithMustStay() {
        assertThatThrownBy(() -> AuthorizationFile.read(
                        HEAD + "authorizers: [{type: RBAC, name: rbac}]", Set.of(Mode.RBAC, Mode.NODE, Mode.ABAC)))
                .hasMessage("missing required types: [ABAC Node]");
    }

    @Test
    void flagsSayTheSame() {
        var hook = new HookFlags("/k", "v1", Duration.ZERO, Duration.ofSeconds(1));
        var configuration = AuthorizationConfiguration.ofFlags(List.of("Node", "Webhook", "RBAC"), "", hook);

        assertThat(configuration.authorizers())
                .extracting(AuthorizationConfiguration.Entry::name)
                .containsExactly("node", "default", "rbac");
        assertThat(configuration.authorizers().get(1).hook().orElseThrow().timeout())
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(configuration.authorizers().get(1).hook().orElseThrow().deniesOnError())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            Foo       | - | - | authorization-mode "Foo" is not a valid mode
            ABAC      | - | - | authorization-mode ABAC's authorization policy file not passed
            Webhook   | - | - | authorization-mode Webhook's authorization config file not passed
            RBAC      | f | - | cannot specify --authorization-policy-file without mode ABAC
            RBAC      | - | k | cannot specify --authorization-webhook-config-file without mode Webhook
            RBAC,RBAC | - | - | authorization-mode [RBAC, RBAC] has mode specified more than once
            """)
    void flagsThatDoNotFitAreRefused(String modes, String policyFile, String kubeconfig, String message) {
        var hook = new HookFlags(or(kubeconfig), "v1", Duration.ZERO, Duration.ZERO);

        assertThatThrownBy(() -> AuthorizationConfiguration.ofFlags(List.of(modes.split(",")), or(policyFile), hook))
                .hasMessage(message);
    }

    private static String or(String text) {
        return text == null ? "" : text;
    }
}
