package dev.longshore.kinds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.TokenIssuance;
import dev.longshore.kinds.kit.TokenKeys;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class TokenRequestTest {

    private static final String SERVER = "https://server.example";

    private final Cluster cluster = new Cluster();
    private Resource account;
    private Resource pod;

    @BeforeEach
    void makeAccountAndPod() {
        fill(cluster);
        account = cluster.registry
                .get(new GroupResource("", "serviceaccounts"), "default", "app")
                .orElseThrow();
        pod = cluster.registry
                .get(new GroupResource("", "pods"), "default", "web")
                .orElseThrow();
    }

    private static void fill(Cluster cluster) {
        cluster.create("{apiVersion: v1, kind: ServiceAccount, metadata: {name: app, namespace: default}}");
        cluster.create("{apiVersion: v1, kind: ServiceAccount, metadata: {name: other, namespace: default}}");
        cluster.create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: default}
                spec: {nodeName: gone, serviceAccountName: app, containers: [{name: a, image: b}]}
                """);
    }

    private static JsonNode part(String token, int index) {
        return Json.parse(new String(Base64.getUrlDecoder().decode(token.split("\\.")[index]), UTF_8));
    }

    private JsonNode claims(String spec) {
        return part(TokenRequests.of(cluster, "app", spec).text("status", "token"), 1);
    }

    @Test
    void theHeaderNamesAlgorithmAndKeyOnly() {
        JsonNode header = part(TokenRequests.of(cluster, "app", "").text("status", "token"), 0);

        assertThat(header.propertyNames()).containsExactlyInAnyOrder("alg", "kid");
        assertThat(header.path("alg").asString()).isEqualTo("RS256");
    }

    @Test
    void claimsSayWhoseForWhomAndForHowLong() {
        JsonNode claims = claims("expirationSeconds: 600");

        assertThat(claims.propertyNames())
                .containsExactly("aud", "exp", "iat", "iss", "jti", "kubernetes.io", "nbf", "sub");
        assertThat(claims.path("aud").toString()).isEqualTo("[\"https://kubernetes.default.svc.cluster.local\"]");
        assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isEqualTo(600);
        assertThat(claims.path("sub").asString()).isEqualTo("system:serviceaccount:default:app");
        assertThat(claims.path("kubernetes.io").propertyNames()).containsExactly("namespace", "serviceaccount");
    }

    @Test
    void aPodsTokenNamesItsNodeEvenIfThatIsGone() {
        JsonNode bound = claims("boundObjectRef: {apiVersion: v1, kind: Pod, name: web, uid: " + pod.uid() + "}")
                .path("kubernetes.io");

        assertThat(bound.path("pod").path("uid").asString()).isEqualTo(pod.uid());
        assertThat(bound.path("node").toString()).isEqualTo("{\"name\":\"gone\"}");
    }

    @Test
    void theAnswerIsTheRequestWithWhatItLeftOut() {
        Resource answer = TokenRequests.of(cluster, "app", "");

        assertThat(answer.name()).isEqualTo("app");
        assertThat(answer.namespace()).isEqualTo("default");
        assertThat(answer.uid()).isEqualTo(account.uid());
        assertThat(answer.text("metadata", "creationTimestamp")).isNotEmpty();
        assertThat(answer.at("spec", "expirationSeconds").asLong()).isEqualTo(3600);
    }

    @Test
    void whatAdmissionAsksForIsExtendedForAYear() {
        JsonNode claims = claims("expirationSeconds: 3607, boundObjectRef: {kind: Pod, name: web}");

        assertThat(claims.path("exp").asLong() - claims.path("iat").asLong())
                .isEqualTo(Duration.ofDays(365).toSeconds());
        assertThat(claims.path("kubernetes.io").path("warnafter").asLong()
                        - claims.path("iat").asLong())
                .isEqualTo(3607);
        assertThat(claims("expirationSeconds: 3607, audiences: [vault], boundObjectRef: {kind: Pod, name: web}")
                        .at("/kubernetes.io/warnafter")
                        .isMissingNode())
                .isTrue();
        assertThat(claims("expirationSeconds: 3607")
                        .at("/kubernetes.io/warnafter")
                        .isMissingNode())
                .isTrue();
    }

    @Test
    void aLimitShortensAndWarns() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        var strict = new Cluster(new TokenIssuance(
                TokenKeys.of(generator.generateKeyPair()),
                List.of(SERVER),
                List.of("api"),
                Duration.ofHours(2),
                false));
        fill(strict);

        Resource answer = TokenRequests.of(strict, "app", "expirationSeconds: 90000");

        assertThat(answer.at("spec", "expirationSeconds").asLong()).isEqualTo(7200);
        assertThat(strict.warnings).containsExactly("requested expiration of 90000 seconds shortened to 7200 seconds");
        JsonNode claims = part(answer.text("status", "token"), 1);
        assertThat(claims.path("iss").asString()).isEqualTo(SERVER);
        assertThat(claims.path("aud").toString()).isEqualTo("[\"api\"]");
        assertThat(part(answer.text("status", "token"), 0).path("alg").asString())
                .isEqualTo("ES256");
    }

    @Test
    void refusesWhatDoesNotFitTogether() {
        refused("boundObjectRef: {kind: Pod, name: none}", "pods \"none\" not found");
        refused(
                "boundObjectRef: {kind: Pod, name: web, uid: x}",
                "Operation cannot be fulfilled on Pod \"web\": the UID in the bound object reference (x) does not match"
                        + " the UID in record. The object might have been deleted and then recreated");
        refused(
                "boundObjectRef: {apiVersion: apps/v1, kind: Deployment, name: x}",
                "cannot bind token to object of type apps/v1, Kind=Deployment");
        refused("expirationSeconds: 4294967297", "may not specify a duration larger than 2^32 seconds");
        assertThatThrownBy(() -> TokenRequests.of(cluster, "other", "boundObjectRef: {kind: Pod, name: web}"))
                .hasMessage("cannot bind token for serviceaccount \"other\" to pod running with different"
                        + " serviceaccount name.");
        assertThatThrownBy(() -> TokenRequests.of(cluster, "app", "{name: other}", ""))
                .hasMessageContaining("must match the service account name if specified");
        assertThatThrownBy(() -> TokenRequests.of(cluster, "app", "{uid: other}", ""))
                .hasMessage(
                        "Operation cannot be fulfilled on TokenRequest.authentication.k8s.io \"app\": the UID in the"
                                + " token request (other) does not match the UID of the service account ("
                                + account.uid()
                                + ")");
    }

    private void refused(String spec, String message) {
        assertThatThrownBy(() -> TokenRequests.of(cluster, "app", spec)).hasMessageContaining(message);
    }
}
