package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.apiserver.audit.AuditOptions;
import dev.longshore.apiserver.audit.Auditing;
import dev.longshore.base.Json;
import dev.longshore.base.ManualTime;
import dev.longshore.http.Headers;
import dev.longshore.http.Peer;
import dev.longshore.http.Request;
import dev.longshore.model.Admission;
import dev.longshore.model.AuditNotes;
import dev.longshore.model.Registry;
import dev.longshore.model.UserInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class AuditTest {

    private static final String WIDGETS = "/api/v1/namespaces/default/widgets";
    private static final String EVERYTHING = "rules: [{level: RequestResponse}]";

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private Optional<Auditing> log = Optional.empty();
    private Desk desk;

    @AfterEach
    void close() {
        desk.close();
        log.ifPresent(Auditing::close);
    }

    @Test
    void aRequestIsToldOfWhenItComesAndWhenItIsAnswered() throws IOException {
        audited("rules: [{level: Metadata}]");

        desk.send(
                "POST",
                WIDGETS,
                Headers.of("User-Agent", "kubectl/v1", "Audit-ID", "mine"),
                "{'metadata':{'name':'a'}}");

        assertThat(text().lines().toList())
                .containsExactly(
                        "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\",\"auditID\":"
                                + "\"mine\",\"stage\":\"RequestReceived\",\"requestURI\":\"" + WIDGETS
                                + "\",\"verb\":\"create\",\"user\":{\"username\":\"admin\",\"groups\":["
                                + "\"system:masters\",\"system:authenticated\"]},\"sourceIPs\":[\"127.0.0.1\"],"
                                + "\"userAgent\":\"kubectl/v1\",\"objectRef\":{\"resource\":\"widgets\",\"namespace\":"
                                + "\"default\",\"apiVersion\":\"v1\"},\"requestReceivedTimestamp\":"
                                + "\"2026-01-01T00:00:00.000000Z\",\"stageTimestamp\":\"2026-01-01T00:00:00.000000Z\"}",
                        "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\",\"auditID\":"
                                + "\"mine\",\"stage\":\"ResponseComplete\",\"requestURI\":\"" + WIDGETS
                                + "\",\"verb\":\"create\",\"user\":{\"username\":\"admin\",\"groups\":["
                                + "\"system:masters\",\"system:authenticated\"]},\"sourceIPs\":[\"127.0.0.1\"],"
                                + "\"userAgent\":\"kubectl/v1\",\"objectRef\":{\"resource\":\"widgets\",\"namespace\":"
                                + "\"default\",\"name\":\"a\",\"apiVersion\":\"v1\"},\"responseStatus\":{\"metadata\":"
                                + "{},\"code\":201},\"requestReceivedTimestamp\":\"2026-01-01T00:00:00.000000Z\","
                                + "\"stageTimestamp\":\"2026-01-01T00:00:00.000000Z\",\"annotations\":{"
                                + "\"authorization.k8s.io/decision\":\"allow\",\"authorization.k8s.io/reason\":\"\"}}");
    }

    @Test
    void objectsAreToldOnlyAtTheLevelsThatWantThem() throws IOException {
        audited("""
                omitStages: [RequestReceived]
                rules:
                - {level: Request, verbs: [create]}
                - {level: RequestResponse, verbs: [get, list, patch, delete]}
                """);

        desk.post(WIDGETS, "{'metadata':{'name':'a'},'spec':{'color':'<red>'}}");
        desk.get(WIDGETS + "/a");
        desk.patch(WIDGETS + "/a", "merge-patch+json", "{'spec':{'color':'blue'}}");
        desk.get(WIDGETS);
        desk.delete(WIDGETS + "/a", "{'propagationPolicy':'Background'}");

        List<JsonNode> events = events();
        assertThat(events).hasSize(5);
        // With its defaults, as it is decoded.
        assertThat(events.get(0).at("/requestObject/spec").toString()).isEqualTo("{\"color\":\"<red>\",\"size\":1}");
        assertThat(text()).contains("\"color\":\"\\u003cred\\u003e\"");
        assertThat(events.get(0).has("responseObject")).isFalse();
        assertThat(events.get(1).has("requestObject")).isFalse();
        assertThat(events.get(1).at("/responseObject/metadata/name").asString()).isEqualTo("a");
        assertThat(events.get(2).at("/requestObject").toString()).isEqualTo("{\"spec\":{\"color\":\"blue\"}}");
        assertThat(events.get(2).at("/responseObject/spec/color").asString()).isEqualTo("blue");
        assertThat(events.get(3).at("/responseObject/items/0/metadata/name").asString())
                .isEqualTo("a");
        assertThat(events.get(4).at("/requestObject").toString())
                .isEqualTo("{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"propagationPolicy\":\"Background\"}");
        assertThat(events.get(4).at("/responseObject/kind").asString()).isEqualTo("Status");
        assertThat(events.get(4).at("/responseStatus").toString())
                .startsWith("{\"metadata\":{},\"status\":\"Success\",\"details\":{\"name\":\"a\",\"kind\":\"widgets\"")
                .endsWith(",\"code\":200}");
    }

    @Test
    void ownersOfFieldsAreLeftOutWhereThePolicySaysSo() throws IOException {
        audited("omitStages: [RequestReceived]\nomitManagedFields: true\n" + EVERYTHING);

        desk.post(WIDGETS, "{'metadata':{'name':'a'}}");
        assertThat(desk.get(WIDGETS + "/a").text()).contains("managedFields");
        desk.get(WIDGETS);
        desk.get(WIDGETS + "/a", "Accept", "application/yaml");
        desk.get(WIDGETS, "Accept", "application/json;as=Table;g=meta.k8s.io;v=v1");

        assertThat(text()).doesNotContain("managedFields");
        assertThat(events()).hasSize(5).allMatch(event -> event.has("responseObject"));
        assertThat(events().getLast().at("/responseObject/kind").asString()).isEqualTo("Table");
    }

    @Test
    void refusalsAreToldWithTheirReasons() throws IOException {
        audited("omitStages: [RequestReceived]\nrules: [{level: Metadata}]");

        desk.as(UserInfo.of("jane")).get(WIDGETS + "/a");
        desk.as(Desk.ADMIN).get(WIDGETS + "/none");
        desk.get(WIDGETS, "Impersonate-User", "jane", "Impersonate-Group", "friends");

        List<JsonNode> events = events();
        assertThat(events.get(0).at("/responseStatus").toString())
                .startsWith(
                        "{\"metadata\":{},\"status\":\"Failure\",\"message\":\"widgets \\\"a\\\" is forbidden: User")
                .contains("\"reason\":\"Forbidden\",\"details\":{\"name\":\"a\",\"kind\":\"widgets\"},\"code\":403");
        assertThat(events.get(0).at("/annotations").toString())
                .isEqualTo("{\"authorization.k8s.io/decision\":\"forbid\",\"authorization.k8s.io/reason\":\"\"}");
        assertThat(events.get(1).at("/responseStatus/reason").asString()).isEqualTo("NotFound");
        assertThat(events.get(2).at("/user/username").asString()).isEqualTo("admin");
        assertThat(events.get(2).at("/impersonatedUser").toString())
                .isEqualTo("{\"username\":\"jane\",\"groups\":[\"friends\",\"system:authenticated\"]}");
        assertThat(events.get(2)
                        .at("/annotations/authorization.k8s.io~1decision")
                        .asString())
                .isEqualTo("forbid");
    }

    @Test
    void ofWhoIsNotKnownOneEventIsTold() throws IOException {
        audited(EVERYTHING);

        desk.handle(Desk.request("GET", WIDGETS, Headers.of("Authorization", "Bearer bad"), ""));
        desk.get(WIDGETS + "?timeout=soon");

        List<JsonNode> events = events();
        assertThat(events).hasSize(2);
        assertThat(events.get(0).path("stage").asString()).isEqualTo("ResponseStarted");
        assertThat(events.get(0).path("user").toString()).isEqualTo("{}");
        assertThat(events.get(0).at("/responseStatus/code").asInt()).isEqualTo(401);
        assertThat(events.get(0).at("/responseStatus/reason").asString()).isEqualTo("Unauthorized");
        assertThat(events.get(1).at("/responseStatus/message").asString())
                .startsWith("invalid timeout specified in the request URL");
    }

    @Test
    void whatStaysOpenIsToldOfWhenItsAnswerBeginsToo() throws IOException, InterruptedException {
        audited(EVERYTHING);

        desk.as(UserInfo.of("jane")).get(WIDGETS + "?watch=true");
        desk.as(Desk.ADMIN);
        Thread watching = Thread.ofVirtual().start(() -> desk.get(WIDGETS + "?watch=true"));
        await("the second watch's answer to begin")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> events().size() >= 5);
        desk.server().close();
        watching.join();

        List<JsonNode> events = events();
        assertThat(stages(events))
                .containsExactly(
                        "RequestReceived",
                        "ResponseStarted",
                        "ResponseComplete",
                        "RequestReceived",
                        "ResponseStarted",
                        "ResponseComplete");
        assertThat(events.get(2).at("/responseStatus/code").asInt()).isEqualTo(403);
        assertThat(events.get(4).at("/responseStatus").toString()).isEqualTo("{\"metadata\":{},\"code\":200}");
        assertThat(events.get(5).has("responseObject")).isFalse();
    }

    @Test
    void relayedRequestsAreToldOfWithoutWhatTheyCarry() throws IOException {
        audited(EVERYTHING);
        desk.post(WIDGETS, "{'metadata':{'name':'a'}}");

        desk.send("POST", WIDGETS + "/a/talk?loud=true", Headers.of("Connection", "Upgrade", "Upgrade", "x"), "hush");

        List<JsonNode> events = events();
        JsonNode last = events.getLast();
        assertThat(last.path("stage").asString()).isEqualTo("ResponseComplete");
        assertThat(last.at("/objectRef/subresource").asString()).isEqualTo("talk");
        assertThat(last.has("requestObject")).isFalse();
        assertThat(text()).doesNotContain("hush");
        assertThat(desk.dialed
                        .getFirst()
                        .attribute(dev.longshore.apiserver.relay.AuditId.class)
                        .orElseThrow()
                        .text())
                .isEqualTo(last.path("auditID").asString());
    }

    @Test
    void aMistakeOfTheServersIsAPanic() throws IOException {
        audited(EVERYTHING, new Noting());

        desk.post(WIDGETS, "{'metadata':{'name':'bug'}}");

        assertThat(stages(events())).containsExactly("RequestReceived", "Panic");
        assertThat(events().getLast().at("/responseStatus").toString())
                .isEqualTo("{\"metadata\":{},\"status\":\"Failure\",\"message\":\"APIServer panic'd:"
                        + " java.lang.IllegalStateException: a bug\",\"reason\":\"InternalError\",\"code\":500}");
    }

    @Test
    void rulesOfAdmissionAddTheirNotes() throws IOException {
        audited(
                "omitStages: [RequestReceived]\nrules:\n"
                        + "- {level: Request, namespaces: [default]}\n- {level: Metadata}",
                new Noting());

        desk.post(WIDGETS, "{'metadata':{'name':'a'}}");
        desk.post("/api/v1/namespaces/other/widgets", "{'metadata':{'name':'a'}}");

        assertThat(events().get(0).at("/annotations/x.example.com~1always").asString())
                .isEqualTo("first");
        assertThat(events().get(0).at("/annotations/x.example.com~1detail").asString())
                .isEqualTo("much");
        assertThat(events().get(1).at("/annotations").has("x.example.com/detail"))
                .isFalse();
    }

    @Test
    void slowRequestsAreToldWithWhatTookLong() throws IOException {
        audited("omitStages: [RequestReceived]\nrules: [{level: Metadata}]", new Noting());

        desk.post(WIDGETS, "{'metadata':{'name':'quick'}}");
        desk.post(WIDGETS, "{'metadata':{'name':'slow'}}");

        assertThat(events().get(0).at("/annotations").toString()).doesNotContain("latency");
        assertThat(events().get(1)
                        .at("/annotations/apiserver.latency.k8s.io~1total")
                        .asString())
                .isEqualTo("2s");
        assertThat(events().get(1)
                        .at("/annotations/apiserver.latency.k8s.io~1mutating-webhook")
                        .asString())
                .isEqualTo("1.5s");
        assertThat(events().get(1).at("/annotations").toString())
                .as("what took no time")
                .doesNotContain("latency.k8s.io/etcd");
    }

    @Test
    void whereItCameFromIsTheLastThatIsTold() throws IOException {
        audited("omitStages: [RequestReceived]\nrules: [{level: Metadata}]");

        Request near = Desk.request(
                "GET",
                "/version",
                Headers.of("X-Forwarded-For", "10.0.0.1, evil, 2001:DB8::1", "X-Real-Ip", "10.0.0.2"),
                "");
        desk.handle(new Request(
                near.method(),
                near.path(),
                near.rawTarget(),
                near.query(),
                near.headers(),
                near.body(),
                new Peer("[::1]:4711", List.of(), true),
                near.attributes()));

        assertThat(events().getFirst().path("sourceIPs").toString())
                .isEqualTo("[\"10.0.0.1\",\"2001:db8::1\",\"10.0.0.2\",\"::1\"]");
        assertThat(events().getFirst().has("objectRef")).isFalse();
    }

    @Test
    void whatThePolicyDoesNotWantIsNotTold() throws IOException {
        audited("rules: [{level: None, resources: [{resources: [widgets]}]}, {level: Metadata}]");

        desk.get(WIDGETS);

        assertThat(text()).isEmpty();
        String metrics = desk.get("/metrics").text();
        assertThat(metrics)
                .contains("apiserver_audit_level_total{level=\"None\"} 1")
                .contains("apiserver_audit_event_total 1\n")
                .contains("apiserver_audit_requests_rejected_total 0");
    }

    @Test
    void aFullDiskRefusesRequestsOnlyWhereItMust() throws IOException {
        told(AuditOptions.Mode.BLOCKING_STRICT, "rules: [{level: Metadata}]", new Full());
        Desk.Answer refused = desk.get(WIDGETS + "?limit=1&x=y");
        assertThat(refused.status()).isEqualTo(500);
        assertThat(refused.text())
                .isEqualTo("Internal Server Error: \"" + WIDGETS + "?limit=1&amp;x=y\": failed to store audit event\n");
        close();

        told(AuditOptions.Mode.BLOCKING, "rules: [{level: Metadata}]", new Full());
        assertThat(desk.get(WIDGETS).status()).isEqualTo(200);
        assertThat(desk.get("/metrics").text()).contains("apiserver_audit_error_total{plugin=\"log\"} 3");
    }

    @Test
    void theLineForPeopleSaysTheSameInShort() throws IOException {
        audited(lineOptions("rules: [{level: Metadata}]"), told);

        desk.get(WIDGETS, "Audit-ID", "mine", "User-Agent", "curl");

        assertThat(text().lines().toList().getLast())
                .isEqualTo("2026-01-01T00:00:00Z AUDIT: id=\"mine\" stage=\"ResponseComplete\" ip=\"127.0.0.1\""
                        + " method=\"list\" user=\"admin\" groups=\"\\\"system:masters\\\",\\\"system:authenticated\\\"\""
                        + " as=\"<self>\" asgroups=\"<lookup>\" user-agent=\"curl\" namespace=\"default\" uri=\""
                        + WIDGETS + "\" response=\"200\"");
    }

    private void audited(String policy, Admission... admissions) throws IOException {
        told(AuditOptions.Mode.BLOCKING, policy, told, admissions);
    }

    private void told(AuditOptions.Mode mode, String policy, OutputStream out, Admission... admissions)
            throws IOException {
        var usual = AuditOptions.LogOptions.at("-");
        var options = new AuditOptions.LogOptions(
                usual.path(), "json", 0, 0, 0, false, mode, usual.batch(), usual.truncate(), usual.version());
        audited(options(policy, options), out, admissions);
    }

    private AuditOptions lineOptions(String policy) throws IOException {
        var usual = AuditOptions.LogOptions.at("-");
        return options(
                policy,
                new AuditOptions.LogOptions(
                        usual.path(),
                        "legacy",
                        0,
                        0,
                        0,
                        false,
                        usual.mode(),
                        usual.batch(),
                        usual.truncate(),
                        usual.version()));
    }

    private AuditOptions options(String policy, AuditOptions.LogOptions out) throws IOException {
        Path file = Files.writeString(
                directory.resolve("policy.yaml"), "apiVersion: audit.k8s.io/v1\nkind: Policy\n" + policy);
        return new AuditOptions(Optional.of(file), out, AuditOptions.WebhookOptions.NONE);
    }

    private void audited(AuditOptions options, OutputStream out, Admission... admissions) {
        desk = new Desk(
                time -> {
                    for (Admission each : admissions) {
                        ((Noting) each).time = time;
                    }
                    log = Auditing.of(options, new Auditing.Outside(time, new Random(1), out));
                    return log;
                },
                admissions);
    }

    private String text() {
        return told.toString(StandardCharsets.UTF_8);
    }

    private List<JsonNode> events() {
        return text().lines().map(Json::parse).toList();
    }

    private static List<String> stages(List<JsonNode> events) {
        return events.stream().map(event -> event.path("stage").asString()).toList();
    }

    /// A disk without room.
    private static final class Full extends OutputStream {
        @Override
        public void write(int one) throws IOException {
            throw new IOException("No space left on device");
        }
    }

    private static final class Noting implements Admission {
        private ManualTime time;

        @Override
        public String name() {
            return "Noting";
        }

        @Override
        public void validate(Attempt attempt, Registry registry) {
            if (attempt.name().equals("bug")) {
                throw new IllegalStateException("a bug");
            }
            if (attempt.name().equals("slow")) {
                attempt.call().notes().timed("mutating-webhook", () -> {
                    time.advance(Duration.ofMillis(1500));
                    return attempt;
                });
                time.advance(Duration.ofMillis(500));
            }
            attempt.call().notes().add("x.example.com/always", "first");
            attempt.call().notes().add("x.example.com/always", "second");
            attempt.call().notes().add(AuditNotes.Level.REQUEST, "x.example.com/detail", "much");
        }
    }
}
