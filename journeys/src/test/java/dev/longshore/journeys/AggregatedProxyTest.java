package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What lies between a client and somebody else's API server, on the wire: what goes through, what does not, and what
/// becomes of servers that behave badly.
@ExtendWith(HollowShared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(20)
@Timeout(120)
class AggregatedProxyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String GROUP = "wire.example.com";
    private static final String ROOT = "/apis/" + GROUP + "/v1";
    private static final String DISCOVERY = """
            {'kind':'APIResourceList','apiVersion':'v1','groupVersion':'%s/v1','resources':[]}""";

    private static final String AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private final CountDownLatch end = new CountDownLatch(1);
    private final List<String> registered = new ArrayList<>();
    private KubernetesClient client;
    private Kubectl kubectl;
    private ExtensionServer extension;
    private HttpDialer dialer;
    private String token;

    @BeforeAll
    void serve() {
        client = HollowShared.client();
        kubectl = Kubectl.both().toList().getLast().fresh("wire");
        extension = new ExtensionServer(client, "wire." + kubectl.namespace() + ".svc")
                .on(ROOT, DISCOVERY.formatted(GROUP))
                .on(ROOT + "/echoes", AggregatedProxyTest::echo)
                .on(ROOT + "/hangs", request -> hang())
                .on(ROOT + "/drips", request -> drip())
                .on(
                        ROOT + "/leads",
                        request -> new Response.Full(
                                302, Headers.of("Location", "https://elsewhere.example.com/"), new byte[0]))
                .on(
                        ROOT + "/refuses",
                        request -> new Response.Full(
                                418,
                                Headers.of(
                                        "Content-Type", "text/tea", "X-Own", "1", "Access-Control-Allow-Origin", "*"),
                                "no".getBytes(StandardCharsets.UTF_8)))
                .on(
                        ROOT + "/sockets",
                        request -> new Response.WebSocketUpgrade(Optional.empty(), socket -> {
                            for (var message = socket.receive(); message.isPresent(); message = socket.receive()) {
                                socket.sendText(
                                        "heard " + new String(message.get().payload(), StandardCharsets.UTF_8));
                            }
                        }))
                .on(ROOT + "/shouts", request -> shout());
        kubectl.okWith(
                "{apiVersion: v1, kind: Service, metadata: {name: wire}, spec: {type: ExternalName, externalName: localhost}}",
                "create");
        register(GROUP, "wire", extension.port(), "caBundle: " + extension.caBundle());
        untilAvailable(GROUP);
        kubectl.ok("create", "serviceaccount", "boss");
        kubectl.ok(
                "create",
                "clusterrolebinding",
                "boss-" + kubectl.namespace(),
                "--clusterrole=cluster-admin",
                "--serviceaccount=" + kubectl.namespace() + ":boss");
        token = kubectl.ok("create", "token", "boss").strip();
        URI server = URI.create(kubectl.ok("config", "view", "-o", "jsonpath={.clusters[0].cluster.server}"));
        dialer = HttpDialer.tls(
                server.getHost(), server.getPort(), new HttpDialer.Tls(List.of(), Optional.empty(), Optional.empty()));
    }

    @AfterAll
    void leave() {
        end.countDown();
        registered.forEach(group -> kubectl.run("delete", "apiservice", "v1." + group, "--ignore-not-found"));
        kubectl.run("delete", "clusterrolebinding", "boss-" + kubectl.namespace());
        dialer.close();
        extension.close();
        client.close();
    }

    private void register(String group, String service, int port, String trust) {
        registered.add(group);
        kubectl.okWith("""
                apiVersion: apiregistration.k8s.io/v1
                kind: APIService
                metadata: {name: v1.%s}
                spec:
                  group: %s
                  version: v1
                  groupPriorityMinimum: 100
                  versionPriority: 100
                  %s
                  service: {namespace: %s, name: %s, port: %d}
                """.formatted(group, group, trust, kubectl.namespace(), service, port), "create");
    }

    private String condition(String group) {
        return kubectl.value(
                "apiservice v1." + group,
                "{.status.conditions[0].status} {.status.conditions[0].reason}: {.status.conditions[0].message}");
    }

    private void untilAvailable(String group) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(condition(group)).isEqualTo("True Passed: all checks passed"));
    }

    private static Response echo(Request request) throws IOException {
        String body = new String(request.body().readAllBytes(), StandardCharsets.UTF_8);
        return Response.text(200, request.method() + " " + request.rawTarget() + " " + body);
    }

    private Response hang() throws InterruptedException {
        end.await();
        return Response.text(200, "late");
    }

    private Response drip() {
        return new Response.Stream(200, Headers.of("Content-Type", "text/plain"), out -> {
            out.write("drop".getBytes(StandardCharsets.UTF_8));
            out.flush();
            end.await();
        });
    }

    private static Response shout() {
        return new Response.Hijack(101, Headers.of("Connection", "Upgrade", "Upgrade", "SPDY/3.1"), (in, out) -> {
            String said = new String(in.readNBytes(5), StandardCharsets.UTF_8);
            out.write(said.toUpperCase(java.util.Locale.ROOT).getBytes(StandardCharsets.UTF_8));
            out.flush();
        });
    }

    private HttpDialer.Answer send(String method, String target, String body, String... headers) throws IOException {
        Headers all = Headers.of(headers).with("Authorization", "Bearer " + token);
        return dialer.exchange(
                HttpDialer.Call.of(method, target, all, body.getBytes(StandardCharsets.UTF_8)), Duration.ofSeconds(90));
    }

    private HttpDialer.Answer get(String target, String... headers) throws IOException {
        Headers all = Headers.of(headers).with("Authorization", "Bearer " + token);
        return dialer.exchange(HttpDialer.Call.of("GET", target, all), Duration.ofSeconds(90));
    }

    @Test
    void methodPathQueryAndBodyGoThrough() throws IOException {
        var answer = send("PATCH", ROOT + "/echoes/%C3%A4%20b?z=1&a=x%26y", "content");

        assertThat(answer.text()).isEqualTo("PATCH " + ROOT + "/echoes/%C3%A4%20b?a=x%26y&z=1 content");
    }

    @Test
    void whatItAnswersIsAnsweredAsItIs() throws IOException {
        var answer = get(ROOT + "/refuses");

        assertThat(answer.status()).isEqualTo(418);
        assertThat(answer.headers().first("Content-Type")).contains("text/tea");
        assertThat(answer.headers().first("X-Own")).contains("1");
        assertThat(answer.headers().first("Access-Control-Allow-Origin")).isEmpty();
        assertThat(answer.text()).isEqualTo("no");
    }

    @Test
    void nobodySpeaksForOthersByHeaders() throws IOException {
        get(
                        ROOT + "/echoes/smuggled",
                        "X-Remote-User",
                        "root",
                        "x-remote-group",
                        "system:masters",
                        "X-Remote-Extra-A",
                        "b",
                        "X_Remote_User",
                        "root",
                        "X-Remote-Uid",
                        "0")
                .close();

        Headers told = extension.last(ROOT + "/echoes/smuggled").headers();
        assertThat(told.all("X-Remote-User")).containsExactly("system:serviceaccount:" + kubectl.namespace() + ":boss");
        assertThat(told.all("X-Remote-Group"))
                .containsExactlyInAnyOrder(
                        "system:serviceaccounts",
                        "system:serviceaccounts:" + kubectl.namespace(),
                        "system:authenticated");
        assertThat(told.first("X-Remote-Extra-A")).isEmpty();
        assertThat(told.first("X_Remote_User")).isEmpty();
        assertThat(told.all("X-Remote-Uid")).hasSize(1).doesNotContain("0");
        assertThat(told.first("Authorization")).isEmpty();
        // What the authenticator found out about the token goes along.
        assertThat(told.first("X-Remote-Extra-Authentication.kubernetes.io%2Fcredential-id"))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/namespaces/a/../b/echoes", "/echoes/%2e%2e/x", "//echoes", "/./echoes"})
    void aPathThatCanBeReadInTwoWaysIsNotHandedOn(String path) throws IOException {
        int before = extension.seen().size();

        try (var answer = get(ROOT + path)) {
            assertThat(answer.status()).isEqualTo(404);
        }
        assertThat(extension.seen().stream()
                        .skip(before)
                        .filter(request -> request.path().contains("echoes")))
                .isEmpty();
    }

    @Test
    void webSocketsAndOtherUpgradesGoThrough() throws IOException, InterruptedException {
        Headers headers = Headers.of("Authorization", "Bearer " + token);
        try (var opened = dialer.webSocket(ROOT + "/sockets", headers, List.of())) {
            opened.socket().sendText("me");
            assertThat(opened.socket().receive().orElseThrow().payload())
                    .asString()
                    .isEqualTo("heard me");
        }
        var spdy = HttpDialer.Call.of(
                "POST", ROOT + "/shouts", headers.with("Connection", "Upgrade").with("Upgrade", "SPDY/3.1"));
        try (var upgraded = dialer.upgrade(spdy)) {
            assertThat(upgraded.isUpgraded()).isTrue();
            upgraded.out().write("quiet".getBytes(StandardCharsets.UTF_8));
            upgraded.out().flush();
            assertThat(upgraded.in().readAllBytes()).asString().isEqualTo("QUIET");
        }
        assertThat(extension.last(ROOT + "/shouts").headers().all("X-Remote-User"))
                .hasSize(1);
    }

    @Test
    void anUpgradeToNothingIsUnavailable() throws IOException {
        var call = HttpDialer.Call.of(
                "GET",
                ROOT + "/echoes",
                Headers.of("Authorization", "Bearer " + token, "Connection", "Upgrade", "Upgrade", "SPDY/3.1"));
        try (var refused = dialer.upgrade(call)) {
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.in().readAllBytes()).asString().isEqualTo("invalid upgrade response: status code 200\n");
        }
    }

    @Test
    void aRedirectWouldLeadClientsAstray() throws IOException {
        var answer = get(ROOT + "/leads");

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.headers().first("Location")).isEmpty();
        assertThat(answer.text()).isEqualTo("the backend attempted to redirect this request, which is not permitted");
    }

    @Test
    void whoHangsIsGivenUpInTime() throws IOException {
        try (var answer = get(ROOT + "/hangs?timeout=1s")) {
            assertThat(answer.status()).isEqualTo(504);
        }
        // The head has come: the client learns by the broken answer.
        var drips = get(ROOT + "/drips?timeout=1s");
        assertThat(drips.status()).isEqualTo(200);
        assertThat(drips.body().readNBytes(4)).asString().isEqualTo("drop");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> drips.body().read())
                .isInstanceOf(IOException.class);
    }

    @Test
    void discoveryIsGivenUpSooner() throws IOException {
        String group = "slow.example.com";
        try (var slow = new ExtensionServer(client, "wire." + kubectl.namespace() + ".svc")) {
            slow.on("/apis/" + group + "/v1", DISCOVERY.formatted(group));
            register(group, "wire", slow.port(), "caBundle: " + slow.caBundle());
            untilAvailable(group);
            slow.on("/apis/" + group + "/v1", request -> hang());

            var answer = get("/apis/" + group + "/v1");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.text()).isEqualTo("error trying to reach service: context deadline exceeded\n");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(condition(group))
                            .startsWith(
                                    "False FailedDiscoveryCheck: failing or missing response from https://localhost:")
                            .endsWith("context deadline exceeded (Client.Timeout exceeded while awaiting headers)"));
            assertThat(get("/apis/" + group + "/v1").text()).isEqualTo("service unavailable\n");
        }
    }

    @Test
    void whoLiesAboutItselfHasNothingAndHarmsNobody() throws IOException {
        String group = "lies.example.com";
        try (var liar = new ExtensionServer(client, "wire." + kubectl.namespace() + ".svc")) {
            liar.on(
                            "/apis/" + group + "/v1",
                            "{'kind':'APIResourceList','resources':[{'name':'pods','kind':7,'verbs':'all'}]}")
                    .on(
                            "/apis",
                            request -> new Response.Stream(200, Headers.of("Content-Type", AGGREGATED), out -> {
                                byte[] much = new byte[1 << 20];
                                for (int i = 0; i < 64; i++) {
                                    out.write(much);
                                }
                            }))
                    .on("/openapi/v2", "{'swagger':")
                    .on("/openapi/v3", "[]");
            register(group, "wire", liar.port(), "caBundle: " + liar.caBundle());
            untilAvailable(group);
            // Too much to read: nothing is known of it.
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(get("/apis", "Accept", AGGREGATED).text())
                                    .contains(
                                            "{\"metadata\":{\"name\":\"" + group
                                                    + "\"},\"versions\":[{\"version\":\"v1\",\"resources\":[],\"freshness\":\"Stale\"}]}"));
            assertThat(kubectl.ok("api-resources")).contains("deployments");
            assertThat(kubectl.ok("get", "--raw", "/openapi/v3")).doesNotContain(group);
        }
        kubectl.ok("delete", "apiservice", "v1." + group);
    }

    @Test
    void whoeverNobodyVouchesForIsNotBelieved() {
        String group = "strange.example.com";
        try (var stranger = new ExtensionServer(client, "wire." + kubectl.namespace() + ".svc")) {
            stranger.on("/apis/" + group + "/v1", DISCOVERY.formatted(group));
            register(group, "wire", stranger.port(), "caBundle: " + extension.caBundle());
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(condition(group))
                                    .startsWith(
                                            "False FailedDiscoveryCheck: failing or missing response from https://localhost:")
                                    .endsWith(
                                            "tls: failed to verify certificate: x509: certificate signed by unknown authority"));
            assertThat(stranger.seen()).isEmpty();

            kubectl.ok(
                    "patch",
                    "apiservice",
                    "v1." + group,
                    "--type=merge",
                    "-p",
                    "{\"spec\":{\"caBundle\":null,\"insecureSkipTLSVerify\":true}}");
            untilAvailable(group);
        }
    }

    @Test
    void aServerBesideTheClusterIsReachedByItsEndpoints() throws IOException {
        String group = "beside.example.com";
        String address = address();
        kubectl.okWith("""
                apiVersion: v1
                kind: Service
                metadata: {name: beside}
                spec: {ports: [{name: https, port: 443}]}
                """, "create");
        try (var beside = new ExtensionServer(client, "beside." + kubectl.namespace() + ".svc")) {
            beside.on("/apis/" + group + "/v1", DISCOVERY.formatted(group));
            register(group, "beside", 443, "caBundle: " + beside.caBundle());
            String named = "service/beside in \"" + kubectl.namespace() + "\"";
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(condition(group))
                            .isEqualTo("False EndpointsNotFound: cannot find endpointslices for " + named));
            kubectl.okWith(slice(address, beside.port(), false), "apply");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(condition(group))
                            .isEqualTo("False MissingEndpoints: endpointslices for " + named
                                    + " have no addresses with port name \"https\""));
            kubectl.okWith(slice(address, beside.port(), true), "apply");
            untilAvailable(group);
            assertThat(get("/apis/" + group + "/v1").status()).isEqualTo(200);

            kubectl.ok("delete", "service", "beside");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(condition(group))
                            .isEqualTo("False ServiceNotFound: " + named + " is not present"));
        }
    }

    private static String slice(String address, int port, boolean isReady) {
        return """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: beside, labels: {kubernetes.io/service-name: beside}}
                addressType: IPv4
                ports: [{name: https, port: %d}]
                endpoints: [{addresses: ["%s"], conditions: {ready: %b}}]
                """.formatted(port, address, isReady);
    }

    /// One of this machine's own that is not on loopback, where endpoints must not be.
    private static String address() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(found ->
                        found instanceof Inet4Address && !found.isLoopbackAddress() && !found.isLinkLocalAddress())
                .map(InetAddress::getHostAddress)
                .findFirst()
                .orElseGet(() -> org.junit.jupiter.api.Assumptions.abort("this machine has no address but loopback"));
    }

    @Test
    void itMayAskTheClusterWhetherSomebodyMay() throws IOException {
        extension.on(ROOT + "/asks", request -> {
            var review = client.authorization()
                    .v1()
                    .subjectAccessReview()
                    .create(new SubjectAccessReviewBuilder()
                            .withNewSpec()
                            .withUser(request.headers().first("X-Remote-User").orElseThrow())
                            .withGroups(request.headers().all("X-Remote-Group"))
                            .withNewResourceAttributes()
                            .withGroup(GROUP)
                            .withResource("secrets")
                            .withVerb("read")
                            .endResourceAttributes()
                            .endSpec()
                            .build());
            return Response.text(review.getStatus().getAllowed() ? 200 : 403, "asked");
        });

        assertThat(get(ROOT + "/asks").status()).isEqualTo(200);
        kubectl.okWith(
                "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: asker-"
                        + kubectl.namespace() + "}, rules: [{apiGroups: [" + GROUP
                        + "], resources: [asks], verbs: [list]}]}",
                "create");
        kubectl.ok(
                "create",
                "clusterrolebinding",
                "asker-" + kubectl.namespace(),
                "--clusterrole=asker-" + kubectl.namespace(),
                "--user=asker");
        assertThat(get(ROOT + "/asks", "Impersonate-User", "asker").status()).isEqualTo(403);
        kubectl.ok("delete", "clusterrole,clusterrolebinding", "asker-" + kubectl.namespace());
    }
}
