package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.model.UserInfo;
import dev.longshore.server.RealApi.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// FlowSchemas and PriorityLevelConfigurations as objects that govern.
class FlowObjectsTest {

    private static final RealApi api = new RealApi();
    private static final String BASE = "/apis/flowcontrol.apiserver.k8s.io/v1/";
    private static final UserInfo NOISY = UserInfo.of("noisy");
    private static final UserInfo CALM = UserInfo.of("calm");

    @AfterAll
    static void close() {
        api.close();
    }

    private static Answer get(String path) {
        return api.send(RealApi.ADMIN, "GET", BASE + path, "");
    }

    private static List<String> names(String plural) {
        var names = new ArrayList<String>();
        get(plural)
                .json()
                .path("items")
                .forEach(item -> names.add(item.path("metadata").path("name").asString()));
        return names;
    }

    private static void until(String what, Callable<Boolean> done) {
        await(what)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(10))
                .until(done);
    }

    private static JsonNode dangling(String schema) {
        for (JsonNode condition :
                get("flowschemas/" + schema).json().path("status").path("conditions")) {
            if (condition.path("type").asString().equals("Dangling")) {
                return condition;
            }
        }
        return dev.longshore.base.Json.object();
    }

    @Test
    void everyClusterHasTheObjectsOfKubernetes() {
        assertThat(names("prioritylevelconfigurations"))
                .contains(
                        "catch-all",
                        "exempt",
                        "global-default",
                        "leader-election",
                        "node-high",
                        "system",
                        "workload-high",
                        "workload-low");
        assertThat(names("flowschemas"))
                .contains(
                        "catch-all",
                        "endpoint-controller",
                        "exempt",
                        "global-default",
                        "kube-controller-manager",
                        "kube-scheduler",
                        "kube-system-service-accounts",
                        "probes",
                        "service-accounts",
                        "system-leader-election",
                        "system-node-high",
                        "system-nodes",
                        "workload-leader-election");
        JsonNode low = get("prioritylevelconfigurations/workload-low").json();
        assertThat(low.path("metadata")
                        .path("annotations")
                        .path("apf.kubernetes.io/autoupdate-spec")
                        .asString())
                .isEqualTo("true");
        assertThat(low.path("spec")
                        .path("limited")
                        .path("nominalConcurrencyShares")
                        .asInt())
                .isEqualTo(100);
        assertThat(dangling("global-default").path("status").asString()).isEqualTo("False");
        assertThat(dangling("global-default").path("reason").asString()).isEqualTo("Found");
    }

    @Test
    void saysWhichSchemasHaveNoLevel() {
        create("flowschemas", schema("lost", 8000, "nowhere", "nobody"));

        until(
                "a schema without its level to dangle",
                () -> dangling("lost").path("status").asString().equals("True"));

        assertThat(dangling("lost").path("reason").asString()).isEqualTo("NotFound");
        assertThat(dangling("lost").path("message").asString())
                .isEqualTo(
                        "This FlowSchema references the PriorityLevelConfiguration object named \"nowhere\" but there"
                                + " is no such object");
        create("prioritylevelconfigurations", level("nowhere"));
        until(
                "it to dangle no longer",
                () -> dangling("lost").path("status").asString().equals("False"));
    }

    /// The level has 3 of the 600 seats and lets nobody wait.
    @Test
    void holdsANoisyUserToItsLevelWhileOthersAreServed() throws Exception {
        create("prioritylevelconfigurations", level("narrow"));
        create("flowschemas", schema("noisy", 7000, "narrow", "noisy"));
        String uid =
                get("flowschemas/noisy").json().path("metadata").path("uid").asString();
        until("the new schema to govern", () -> flowOf(NOISY).equals(uid));
        var release = new CountDownLatch(1);
        var started = new CountDownLatch(3);
        var slow = new ArrayList<FutureTask<Answer>>();
        for (int i = 0; i < 3; i++) {
            var task = new FutureTask<>(() -> api.send(NOISY, slowCreate(started, release)));
            Thread.startVirtualThread(task);
            slow.add(task);
        }
        assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();

        Answer refused = api.send(NOISY, "GET", "/version", "");
        Answer served = api.send(CALM, "GET", "/version", "");

        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.headers().first("Retry-After")).contains("1");
        assertThat(refused.headers().first("X-Kubernetes-PF-FlowSchema-UID")).contains(uid);
        assertThat(served.status()).isEqualTo(200);
        release.countDown();
        for (var task : slow) {
            assertThat(task.get(20, TimeUnit.SECONDS).status()).isEqualTo(201);
        }
        assertThat(api.send(NOISY, "GET", "/version", "").status()).isEqualTo(200);
        assertThat(api.send(RealApi.ADMIN, "GET", "/metrics", "").text())
                .contains("apiserver_flowcontrol_rejected_requests_total{flow_schema=\"noisy\","
                        + "priority_level=\"narrow\",reason=\"concurrency-limit\"} 1");
        assertThat(api.send(RealApi.ADMIN, "GET", "/debug/api_priority_and_fairness/dump_priority_levels", "")
                        .text())
                .contains("narrow, 0, true");
    }

    private static String flowOf(UserInfo user) {
        return api.send(user, "GET", "/version", "")
                .headers()
                .first("X-Kubernetes-PF-FlowSchema-UID")
                .orElse("");
    }

    /// Asks what it may do itself, which everybody may, and takes its time to say so.
    private static Request slowCreate(CountDownLatch started, CountDownLatch release) {
        byte[] body = "{\"spec\":{\"nonResourceAttributes\":{\"path\":\"/version\",\"verb\":\"get\"}}}"
                .getBytes(StandardCharsets.UTF_8);
        Request request = Request.local(
                "POST",
                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                Headers.of("Content-Type", "application/json"),
                body);
        InputStream whole = request.body();
        return RealApi.withBody(request, new InputStream() {
            @Override
            public int read() throws IOException {
                started.countDown();
                try {
                    if (!release.await(20, TimeUnit.SECONDS)) {
                        throw new IOException("never released");
                    }
                } catch (InterruptedException interrupted) {
                    throw new IOException(interrupted);
                }
                return whole.read();
            }
        });
    }

    private static void create(String plural, String json) {
        Answer answer = api.send(RealApi.ADMIN, "POST", BASE + plural, json);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    }

    private static String level(String name) {
        return """
                {"apiVersion":"flowcontrol.apiserver.k8s.io/v1","kind":"PriorityLevelConfiguration",
                "metadata":{"name":"%s"},"spec":{"type":"Limited","limited":{"nominalConcurrencyShares":1,
                "borrowingLimitPercent":0,"limitResponse":{"type":"Reject"}}}}""".formatted(name);
    }

    private static String schema(String name, int precedence, String level, String user) {
        return """
                {"apiVersion":"flowcontrol.apiserver.k8s.io/v1","kind":"FlowSchema","metadata":{"name":"%s"},
                "spec":{"matchingPrecedence":%d,"priorityLevelConfiguration":{"name":"%s"},"rules":[{"subjects":
                [{"kind":"User","user":{"name":"%s"}}],"resourceRules":[{"verbs":["*"],"apiGroups":["*"],
                "resources":["*"],"clusterScope":true,"namespaces":["*"]}],"nonResourceRules":[{"verbs":["*"],
                "nonResourceURLs":["*"]}]}]}}""".formatted(name, precedence, level, user);
    }
}
