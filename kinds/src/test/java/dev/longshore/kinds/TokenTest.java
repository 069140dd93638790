package dev.longshore.kinds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.kinds.authentication.SecretTokens;
import dev.longshore.kinds.authentication.ServiceAccountAuthenticator;
import dev.longshore.model.Authenticator;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenTest {

    private static final GroupResource SECRETS = new GroupResource("", "secrets");

    /// How far clocks may differ.
    private static final Duration LEEWAY = Duration.ofMinutes(1);

    private final Cluster cluster = new Cluster();
    private final Authenticator authenticator =
            new ServiceAccountAuthenticator(cluster.context, () -> cluster.registry);

    @BeforeEach
    void makeAccountAndPod() {
        cluster.authenticator.set(authenticator);
        cluster.create("""
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: app, namespace: default}
                """);
        cluster.create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: default}
                spec: {serviceAccountName: app, containers: [{name: a, image: b}]}
                """);
    }

    private Resource request(String spec) {
        return TokenRequests.of(cluster, "app", spec);
    }

    private Authenticator.Verdict verdict(String token) {
        return authenticator.authenticate(new Authenticator.Credentials(Optional.of(token), List.of(), Map.of()));
    }

    @Test
    void aTokenTellsWhoseItIs() {
        Resource answer = request("boundObjectRef: {kind: Pod, name: web}");

        assertThat(verdict(answer.text("status", "token")))
                .isInstanceOfSatisfying(Authenticator.Verdict.Known.class, known -> {
                    assertThat(known.user().name()).isEqualTo("system:serviceaccount:default:app");
                    assertThat(known.user().groups())
                            .containsExactly(
                                    "system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated");
                    assertThat(known.user().extra())
                            .containsEntry("authentication.kubernetes.io/pod-name", List.of("web"));
                });
        assertThat(answer.at("spec", "expirationSeconds").asLong()).isEqualTo(3600);
    }

    @Test
    void aTokenEnds() {
        String token = request("expirationSeconds: 600").text("status", "token");
        cluster.time.advance(Duration.ofSeconds(600).plus(LEEWAY).plusSeconds(1));

        assertThat(verdict(token)).isInstanceOf(Authenticator.Verdict.Rejected.class);
    }

    @Test
    void aTokenEndsWithItsPod() {
        String token = request("boundObjectRef: {kind: Pod, name: web}").text("status", "token");
        cluster.registry.delete(new GroupResource("", "pods"), "default", "web", Optional.empty());

        assertThat(verdict(token)).isInstanceOf(Authenticator.Verdict.Rejected.class);
    }

    @Test
    void aTokenForOthersIsNotForUs() {
        String token = request("audiences: [vault]").text("status", "token");

        assertThat(verdict(token)).isInstanceOf(Authenticator.Verdict.Rejected.class);
        Resource review = cluster.read("""
                apiVersion: authentication.k8s.io/v1
                kind: TokenReview
                spec: {token: %s, audiences: [vault, other]}
                """.formatted(token));
        Resource answer =
                cluster.kindOf(review).virtual().orElseThrow().create(cluster.call, cluster.registry, "", review);
        assertThat(answer.at("status", "authenticated").asBoolean()).isTrue();
        assertThat(answer.at("status", "audiences").toString()).isEqualTo("[\"vault\"]");
    }

    @Test
    void aChangedTokenIsRejected() {
        String token = request("").text("status", "token");
        String[] parts = token.split("\\.");
        String forged = parts[0] + "." + parts[1] + "." + parts[2].substring(2) + "AA";

        assertThat(verdict(forged)).isInstanceOf(Authenticator.Verdict.Rejected.class);
    }

    @Test
    void whatIsNoTokenIsForOthers() {
        assertThat(verdict("abc")).isInstanceOf(Authenticator.Verdict.NotMine.class);
    }

    @Test
    void refusesShortLives() {
        assertThatThrownBy(() -> request("expirationSeconds: 10"))
                .hasMessageContaining("may not specify a duration less than 10 minutes");
    }

    @Test
    void aTokenInASecretIsGoodForAsLongAsThatHoldsIt() {
        var account = cluster.registry
                .get(new GroupResource("", "serviceaccounts"), "default", "app")
                .orElseThrow();
        String token = new SecretTokens(cluster.context.tokens().keys()).sign("default", "app", account.uid(), "kept");
        assertThat(verdict(token)).isInstanceOf(Authenticator.Verdict.Rejected.class);

        cluster.create("""
                apiVersion: v1
                kind: Secret
                metadata: {name: kept, namespace: default, annotations: {kubernetes.io/service-account.name: app}}
                type: kubernetes.io/service-account-token
                data: {token: %s}
                """.formatted(Base64.getEncoder().encodeToString(token.getBytes(UTF_8))));
        assertThat(verdict(token))
                .isInstanceOfSatisfying(
                        Authenticator.Verdict.Known.class,
                        known -> assertThat(known.user().name()).isEqualTo("system:serviceaccount:default:app"));
        assertThat(cluster.registry
                        .get(SECRETS, "default", "kept")
                        .orElseThrow()
                        .labels())
                .containsKey("kubernetes.io/legacy-token-last-used");

        cluster.registry.change(SECRETS, "default", "kept", secret -> {
            secret.object("data").put("token", "");
            return secret;
        });
        assertThat(verdict(token)).isInstanceOf(Authenticator.Verdict.Rejected.class);
    }
}
