package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Who asks: tokens that `kubectl create token` makes, acting as others, `kubectl auth whoami`.
@ExtendWith(HollowShared.class)
@ParameterizedClass
@MethodSource("dev.longshore.journeys.Kubectl#both")
@Order(14)
record KubectlIdentityJourneyTest(Kubectl anywhere) {

    private static final String NOBODY = "error: You must be logged in to the server (Unauthorized)";

    /// With a token, and without the admin's certificate.
    private static Ran with(Kubectl kubectl, String token, String... arguments) {
        // These commands take no namespace.
        var plain = new Kubectl(kubectl.version(), kubectl.program(), "default", kubectl.shell(), kubectl.directory());
        String file = kubectl.directory().resolve("nobody-" + kubectl.version()).toString();
        String server = plain.ok("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}");
        plain.ok("config", "--kubeconfig", file, "set-cluster", "c", "--server", server, "--insecure-skip-tls-verify");
        plain.ok("config", "--kubeconfig", file, "set-context", "c", "--cluster", "c");
        var all = new ArrayList<>(List.of("--kubeconfig", file, "--context", "c", "--token", token));
        all.addAll(List.of(arguments));
        return kubectl.run(all.toArray(String[]::new));
    }

    private static String token(Kubectl kubectl, String... flags) {
        var all = new ArrayList<>(List.of("create", "token", "app"));
        all.addAll(List.of(flags));
        return kubectl.ok(all.toArray(String[]::new)).strip();
    }

    @Test
    void aTokenIsItsAccount() {
        Kubectl kubectl = anywhere.fresh("tokens");
        kubectl.ok("create", "serviceaccount", "app");
        kubectl.ok(
                "create",
                "rolebinding",
                "app",
                "--clusterrole=view",
                "--serviceaccount=" + kubectl.namespace() + ":app");

        String token = token(kubectl, "--duration", "20m");

        assertThat(with(kubectl, token, "get", "serviceaccounts", "-o", "name")
                        .succeeded()
                        .out())
                .contains("serviceaccount/app");
        assertThat(with(kubectl, token, "get", "nodes").failed().err())
                .contains("User \"system:serviceaccount:" + kubectl.namespace()
                        + ":app\" cannot list resource \"nodes\"");
        assertThat(with(kubectl, token(kubectl, "--audience", "vault"), "get", "serviceaccounts")
                        .failed()
                        .err())
                .contains(NOBODY);
        assertThat(with(kubectl, token + "x", "get", "serviceaccounts").failed().err())
                .contains(NOBODY);
        assertThat(kubectl.fails("create", "token", "app", "--duration", "5m"))
                .contains(
                        "spec.expirationSeconds: Invalid value: 300: may not specify a duration less than 10 minutes");
    }

    @Test
    void aBoundTokenEndsWithWhatItIsBoundTo() {
        Kubectl kubectl = anywhere.fresh("bound");
        kubectl.ok("create", "serviceaccount", "app");
        kubectl.ok("create", "secret", "generic", "key");
        kubectl.ok(
                "create",
                "rolebinding",
                "app",
                "--clusterrole=view",
                "--serviceaccount=" + kubectl.namespace() + ":app");
        String token = token(kubectl, "--bound-object-kind", "Secret", "--bound-object-name", "key");
        assertThat(with(kubectl, token, "get", "serviceaccounts").succeeded().out())
                .contains("app");

        kubectl.ok("delete", "secret", "key");

        // Whose token it is is remembered for ten seconds.
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(with(kubectl, token, "get", "serviceaccounts")
                                .failed()
                                .err())
                        .contains(NOBODY));
        assertThat(kubectl.fails("create", "token", "app", "--bound-object-kind", "Pod", "--bound-object-name", "none"))
                .contains("pods \"none\" not found");
    }

    @Test
    void administratorsActAsOthersAndOthersDoNot() {
        Kubectl kubectl = anywhere.fresh("others");
        kubectl.ok("create", "serviceaccount", "app");

        assertThat(kubectl.fails("get", "pods", "--as", "alice", "--as-group", "friends"))
                .contains("pods is forbidden: User \"alice\" cannot list resource \"pods\" in API group \"\"");
        assertThat(kubectl.ok("auth", "can-i", "get", "pods", "--as", "alice", "--as-group", "system:masters"))
                .isEqualTo("yes\n");
        assertThat(with(kubectl, token(kubectl), "get", "pods", "--as", "alice")
                        .failed()
                        .err())
                .contains("cannot impersonate-on:user-info:list resource \"pods\"");
        kubectl.ok("create", "clusterrole", "as-" + kubectl.namespace(), "--verb=impersonate", "--resource=users");
        kubectl.ok(
                "create",
                "clusterrolebinding",
                "as-" + kubectl.namespace(),
                "--clusterrole=as-" + kubectl.namespace(),
                "--serviceaccount=" + kubectl.namespace() + ":app");
        assertThat(with(kubectl, token(kubectl), "get", "pods", "--as", "alice")
                        .failed()
                        .err())
                .contains("User \"alice\" cannot list resource \"pods\"");
    }

    @Test
    void whoAmI() {
        // Older ones ask for versions of the review that 1.36 no longer has.
        if (anywhere.version().equals("1.27")) {
            return;
        }
        assertThat(anywhere.ok("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"))
                .isEqualTo("kubernetes-admin");
        assertThat(anywhere.ok(
                        "auth",
                        "whoami",
                        "--as",
                        "alice",
                        "--as-uid",
                        "7",
                        "-o",
                        "jsonpath={.status.userInfo.username} {.status.userInfo.uid} {.status.userInfo.groups[*]}"))
                .isEqualTo("alice 7 system:authenticated");
    }
}
