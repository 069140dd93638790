package dev.longshore.kinds.authorization.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.kinds.authorization.AuthorizationMeters;
import dev.longshore.kinds.authorization.config.AuthorizationConfiguration.HookFlags;
import dev.longshore.kinds.authorization.webhook.ReviewCall;
import dev.longshore.model.Authorizer;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.UserInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfiguredAuthorizerTest {

    private static final String FAMILY = "apiserver_authorization_config_controller_automatic_reloads_total";
    private static final Authorizer.Attributes ASKED =
            new Authorizer.Attributes(UserInfo.of("bob"), "get", "", "v1", "pods", "", "default", "", "");

    @TempDir
    private Path directory;

    private final ManualTime time = new ManualTime();
    private final AuthorizationMeters meters = new AuthorizationMeters(time);

    private ConfiguredAuthorizer.Parts parts() {
        Authorizer.Decision unknown = new Authorizer.Decision.NoOpinion("not granted");
        return new ConfiguredAuthorizer.Parts(
                asked -> new Authorizer.Decision.NoOpinion(""),
                asked -> unknown,
                kubeconfig -> (body, limit) -> new ReviewCall.Answer(200, """
                        {"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview",
                         "status":{"allowed":true,"reason":"by hook"}}""".getBytes(UTF_8), false),
                meters,
                time,
                new Random(1),
                "me");
    }

    private String config(String authorizers) {
        return "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers: [" + authorizers
                + "]";
    }

    private static String hook(Path kubeconfig) {
        return "{type: Webhook, name: hook, webhook: {timeout: 3s, subjectAccessReviewVersion: v1, failurePolicy: Deny,"
                + " connectionInfo: {type: KubeConfigFile, kubeConfigFile: " + kubeconfig + "}}}";
    }

    @Test
    void theFileIsFollowedAndAWrongOneChangesNothing() throws IOException {
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), "{}");
        Path file = Files.writeString(directory.resolve("config"), config("{type: RBAC, name: rbac}"));
        var authorizer = new ConfiguredAuthorizer(parts(), AuthorizationChoice.ofFile(file, ""));
        assertThat(authorizer.authorize(ASKED)).isEqualTo(new Authorizer.Decision.NoOpinion("not granted"));

        Files.writeString(file, config("{type: RBAC, name: rbac}, " + hook(kubeconfig)));
        authorizer.look();
        assertThat(authorizer.authorize(ASKED)).isEqualTo(new Authorizer.Decision.Allow("by hook"));

        for (String wrong : List.of(
                "][",
                config("{type: AlwaysAllow, name: alwaysallow}"),
                config("{type: Node, name: node}, {type: RBAC, name: rbac}"))) {
            Files.writeString(file, wrong);
            authorizer.look();
            assertThat(authorizer.authorize(ASKED)).isEqualTo(new Authorizer.Decision.Allow("by hook"));
        }
        Files.delete(file);
        authorizer.look();
        assertThat(authorizer.authorize(ASKED)).isEqualTo(new Authorizer.Decision.Allow("by hook"));

        assertThat(reloads("success")).isEqualTo(1);
        assertThat(reloads("failure")).isEqualTo(4);
        assertThat(value("apiserver_authorization_decisions_total", "Webhook", "hook", "allowed"))
                .isEqualTo(5);
        assertThat(value("apiserver_authorization_webhook_duration_seconds", "hook", "success", "+Inf"))
                .isEqualTo(1);
    }

    private double reloads(String status) {
        return value(FAMILY, status);
    }

    private double value(String family, String... values) {
        return meters.families().stream()
                .filter(found -> found.name().equals(family))
                .flatMap(found -> found.samples().stream())
                .filter(sample -> sample.values().containsAll(List.of(values)))
                .mapToDouble(MetricFamily.Sample::value)
                .sum();
    }

    @Test
    void aSecondAfterAChangeItCounts() throws IOException {
        Path file = Files.writeString(directory.resolve("config"), config("{type: RBAC, name: rbac}"));
        var authorizer = new ConfiguredAuthorizer(parts(), AuthorizationChoice.ofFile(file, ""));
        Files.writeString(file, config("{type: RBAC, name: rbac}, {type: AlwaysAllow, name: alwaysallow}"));

        assertThat(authorizer.authorize(ASKED)).isInstanceOf(Authorizer.Decision.NoOpinion.class);
        time.advance(Duration.ofSeconds(1));
        assertThat(authorizer.authorize(ASKED)).isEqualTo(new Authorizer.Decision.Allow(""));
    }

    @Test
    void everythingAndNothing() {
        var allow = new ConfiguredAuthorizer(
                parts(), AuthorizationChoice.ofFlags(List.of("AlwaysAllow"), "", HookFlags.NONE));
        var deny = new ConfiguredAuthorizer(
                parts(), AuthorizationChoice.ofFlags(List.of("AlwaysDeny"), "", HookFlags.NONE));

        assertThat(allow.authorize(ASKED)).isEqualTo(new Authorizer.Decision.Allow(""));
        assertThat(allow.rules(UserInfo.of("bob"), "default").resources()).hasSize(1);
        assertThat(deny.authorize(ASKED)).isEqualTo(new Authorizer.Decision.NoOpinion("Everything is forbidden."));
        assertThat(deny.rules(UserInfo.of("bob"), "default")).isEqualTo(Authorizer.Rules.NONE);
    }

    @Test
    void policiesAreReadFromTheirFile() throws IOException {
        Path policies = Files.writeString(directory.resolve("abac"), """
                # who may what
                {"apiVersion": "abac.authorization.kubernetes.io/v1beta1", "kind": "Policy", "spec": {"user": "bob", "namespace": "default", "resource": "pods", "readonly": true}}

                {"user": "carol"}
                {"apiVersion": "abac.authorization.kubernetes.io/v1beta1", "kind": "Policy", "spec": {"group": "*", "nonResourcePath": "/version*"}}
                """);
        var authorizer = new ConfiguredAuthorizer(
                parts(), AuthorizationChoice.ofFlags(List.of("ABAC"), policies.toString(), HookFlags.NONE));
        UserInfo carol = UserInfo.of("carol");
        Authorizer.Decision no = new Authorizer.Decision.NoOpinion("No policy matched.");
        Authorizer.Decision yes = new Authorizer.Decision.Allow("");

        assertThat(authorizer.authorize(ASKED)).isEqualTo(yes);
        assertThat(authorizer.authorize(ASKED.withVerb("delete"))).isEqualTo(no);
        assertThat(authorizer.authorize(
                        new Authorizer.Attributes(carol, "delete", "apps", "v1", "deployments", "", "any", "x", "")))
                .isEqualTo(yes);
        assertThat(authorizer.authorize(path(UserInfo.of("dave"), "/version/"))).isEqualTo(yes);
        assertThat(authorizer.authorize(path(UserInfo.of("dave"), "/metrics"))).isEqualTo(no);
        assertThat(authorizer.authorize(path(UserInfo.ANONYMOUS, "/version"))).isEqualTo(no);
        assertThat(authorizer.authorize(path(carol, "/metrics"))).isEqualTo(yes);
        assertThat(authorizer.rules(UserInfo.of("bob"), "default").resources())
                .containsExactly(new Authorizer.ResourceRule(
                        List.of("get", "list", "watch"), List.of(""), List.of("pods"), List.of()));
    }

    private static Authorizer.Attributes path(UserInfo user, String path) {
        return new Authorizer.Attributes(user, "get", "", "", "", "", "", "", path);
    }

    @Test
    void aPolicyThatIsNoneIsToldWithItsLine() throws IOException {
        Path policies = Files.writeString(
                directory.resolve("abac"), "{\"user\":\"a\"}\n{\"kind\":\"X\",\"apiVersion\":\"y\"}\n");

        assertThatThrownBy(() -> new ConfiguredAuthorizer(
                        parts(), AuthorizationChoice.ofFlags(List.of("ABAC"), policies.toString(), HookFlags.NONE)))
                .hasMessageContaining("error reading policy file " + policies + ", line 2: ");
    }
}
