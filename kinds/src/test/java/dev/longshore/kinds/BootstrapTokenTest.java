package dev.longshore.kinds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.kinds.authentication.BootstrapTokenAuthenticator;
import dev.longshore.model.Authenticator;
import dev.longshore.model.Authenticator.Verdict;
import dev.longshore.model.GroupResource;
import dev.longshore.model.UserInfo;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Who signs in by a bootstrap token.
class BootstrapTokenTest {

    private static final GroupResource SECRETS = new GroupResource("", "secrets");
    private static final String TOKEN = "abcdef.0123456789abcdef";

    private final Cluster cluster = new Cluster();
    private final Authenticator authenticator = new BootstrapTokenAuthenticator(cluster.time, () -> cluster.registry);
    private final Map<String, String> data = new LinkedHashMap<>(
            Map.of("token-id", "abcdef", "token-secret", "0123456789abcdef", "usage-bootstrap-authentication", "true"));

    @Test
    void aMachineWithATokenIsABootstrapperAndWhatTheTokenAdds() {
        data.put("auth-extra-groups", "system:bootstrappers:workers,system:bootstrappers:kubeadm:default-node-token");
        keep("bootstrap.kubernetes.io/token");

        assertThat(verdict(TOKEN))
                .isEqualTo(new Verdict.Known(UserInfo.of(
                        "system:bootstrap:abcdef",
                        "system:bootstrappers",
                        "system:bootstrappers:kubeadm:default-node-token",
                        "system:bootstrappers:workers")));
    }

    @Test
    void whatIsNoTokenOrAnotherOneIsNobodys() {
        keep("bootstrap.kubernetes.io/token");

        assertThat(verdict("abcdef.0123456789abcdeg")).isEqualTo(new Verdict.NotMine());
        assertThat(verdict("abcdeg.0123456789abcdef")).isEqualTo(new Verdict.NotMine());
        assertThat(verdict("ABCDEF.0123456789ABCDEF")).isEqualTo(new Verdict.NotMine());
        assertThat(verdict(TOKEN + "0")).isEqualTo(new Verdict.NotMine());
        assertThat(verdict(TOKEN)).isInstanceOf(Verdict.Known.class);
    }

    @Test
    void aTokenEndsAtItsTime() {
        data.put("expiration", cluster.time.now().plusSeconds(60).toString());
        keep("bootstrap.kubernetes.io/token");
        assertThat(verdict(TOKEN)).isInstanceOf(Verdict.Known.class);

        cluster.time.advance(Duration.ofSeconds(60));

        assertThat(verdict(TOKEN)).isEqualTo(new Verdict.NotMine());
    }

    @Test
    void anEndThatIsNoTimeIsInThePast() {
        data.put("expiration", "tomorrow");
        keep("bootstrap.kubernetes.io/token");

        assertThat(verdict(TOKEN)).isEqualTo(new Verdict.NotMine());
    }

    @Test
    void aTokenForSigningOnlyDoesNotSignIn() {
        data.remove("usage-bootstrap-authentication");
        data.put("usage-bootstrap-signing", "true");
        keep("bootstrap.kubernetes.io/token");

        assertThat(verdict(TOKEN)).isEqualTo(new Verdict.NotMine());
    }

    @Test
    void groupsOfOthersCannotBeHad() {
        data.put("auth-extra-groups", "system:masters");
        keep("bootstrap.kubernetes.io/token");

        assertThat(verdict(TOKEN)).isEqualTo(new Verdict.NotMine());
    }

    @Test
    void secretsOfOtherTypesOrOnTheirWayOutAreNoTokens() {
        keep("Opaque");
        assertThat(verdict(TOKEN)).isEqualTo(new Verdict.NotMine());

        cluster.registry.change(SECRETS, "kube-system", "bootstrap-token-abcdef", secret -> {
            secret.tree().put("type", "bootstrap.kubernetes.io/token");
            return secret;
        });
        assertThat(verdict(TOKEN)).isInstanceOf(Verdict.Known.class);
        cluster.registry.change(SECRETS, "kube-system", "bootstrap-token-abcdef", secret -> {
            secret.metadata().put("deletionTimestamp", "2026-01-01T00:00:00Z");
            return secret;
        });
        assertThat(verdict(TOKEN)).isEqualTo(new Verdict.NotMine());
    }

    private void keep(String type) {
        cluster.create(
                "{apiVersion: v1, kind: Secret, type: %s, metadata: {namespace: kube-system, name: bootstrap-token-abcdef}, data: {%s}}"
                        .formatted(
                                type,
                                data.entrySet().stream()
                                        .map(entry -> entry.getKey() + ": "
                                                + Base64.getEncoder()
                                                        .encodeToString(
                                                                entry.getValue().getBytes(UTF_8)))
                                        .collect(Collectors.joining(", "))));
    }

    private Verdict verdict(String token) {
        return authenticator.authenticate(new Authenticator.Credentials(Optional.of(token), List.of(), Map.of()));
    }
}
