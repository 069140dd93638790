package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.apiserver.audit.AuditOptions;
import dev.longshore.apiserver.audit.Auditing;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.UserInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What an audit tells of the built-in kinds, by a policy as clusters have it.
class AuditedApiTest {

    private static final String SECRETS = "/api/v1/namespaces/default/secrets";

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private Optional<Auditing> audit;
    private RealApi api;

    @BeforeEach
    void start() throws IOException {
        Path policy = Files.writeString(directory.resolve("policy.yaml"), """
                apiVersion: audit.k8s.io/v1
                kind: Policy
                omitStages: [RequestReceived]
                omitManagedFields: true
                rules:
                - {level: Metadata, resources: [{resources: [secrets, serviceaccounts/token]}]}
                - {level: RequestResponse}
                """);
        audit = Auditing.of(
                new AuditOptions(
                        Optional.of(policy), AuditOptions.LogOptions.at("-"), AuditOptions.WebhookOptions.NONE),
                new Auditing.Outside(Time.system(), new Random(1), told));
        api = new RealApi(
                ApiSettings.DEFAULT,
                MetricsApis.NONE,
                RealApi.beside(audit),
                (target, request) -> Response.text(200, "dialed"));
    }

    @AfterEach
    void stop() {
        api.close();
        audit.orElseThrow().close();
    }

    @Test
    void secretsAreToldOfWithoutWhatTheyHold() {
        send("POST", SECRETS, "{\"metadata\":{\"name\":\"s\"},\"stringData\":{\"password\":\"hush\"}}");
        send("GET", SECRETS + "/s", "");
        send("PATCH", SECRETS + "/s", "{\"stringData\":{\"password\":\"hush!\"}}");
        send("POST", "/api/v1/namespaces/default/serviceaccounts", "{\"metadata\":{\"name\":\"me\"}}");
        send("POST", "/api/v1/namespaces/default/serviceaccounts/me/token", "{\"spec\":{}}");

        assertThat(text()).doesNotContain("hush", "aHVzaA", "eyJ");
        assertThat(events()).hasSize(5);
        assertThat(events().getLast().at("/objectRef/subresource").asString()).isEqualTo("token");
    }

    @Test
    void whatIsSentIsToldWithItsDefaultsAndWhatIsAnsweredAsJsonInWhateverFormItGoes() {
        send(
                "POST",
                "/api/v1/namespaces/default/services",
                "{\"metadata\":{\"name\":\"web\"},\"spec\":{\"ports\":[{\"port\":80}]}}");
        api.send(
                RealApi.ADMIN,
                Request.local(
                        "GET",
                        "/api/v1/namespaces/default/services/web",
                        Headers.of("Accept", "application/vnd.kubernetes.protobuf"),
                        new byte[0]));

        assertThat(events().get(0).at("/requestObject/spec/type").asString()).isEqualTo("ClusterIP");
        assertThat(events().get(0).at("/responseObject/spec/clusterIP").asString())
                .startsWith("10.96.");
        assertThat(events().get(1).at("/responseObject/metadata/name").asString())
                .isEqualTo("web");
        assertThat(events().get(1).at("/responseObject/kind").asString()).isEqualTo("Service");
        assertThat(text()).doesNotContain("managedFields");
    }

    @Test
    void rightsAreToldWithWhereTheyComeFrom() {
        api.send(UserInfo.of("system:kube-scheduler"), "GET", "/api/v1/nodes", "");

        assertThat(events().getFirst().at("/annotations").toString())
                .contains("\"authorization.k8s.io/decision\":\"allow\"")
                .contains("RBAC: allowed by ClusterRoleBinding \\\"system:kube-scheduler\\\" of ClusterRole"
                        + " \\\"system:kube-scheduler\\\" to User \\\"system:kube-scheduler\\\"");
    }

    @Test
    void whatIsDeprecatedIsMarked() {
        send("GET", "/api/v1/namespaces/default/endpoints", "");

        assertThat(events().getFirst().at("/annotations/k8s.io~1deprecated").asString())
                .isEqualTo("true");
    }

    private void send(String method, String target, String body) {
        String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
        RealApi.Answer answer = api.send(RealApi.ADMIN, method, target, type, body.getBytes(StandardCharsets.UTF_8));
        assertThat(answer.status()).as(answer.text()).isLessThan(300);
    }

    private String text() {
        return told.toString(StandardCharsets.UTF_8);
    }

    private List<JsonNode> events() {
        return text().lines().map(Json::parse).toList();
    }
}
