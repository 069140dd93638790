package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What stands below objects, with the real kinds: each reached with its verbs and doing what it is for.
class SubresourcesTest {

    private static final String PODS = "/api/v1/namespaces/default/pods";
    private static final String POD = """
            {'apiVersion':'v1','kind':'Pod','metadata':{'name':'%s','labels':{'app':'web'}},
            'spec':{'containers':[{'name':'main','image':'web:1','ports':[{'containerPort':8080}]}]}}""";

    private static WholeApi api;

    @BeforeAll
    static void start() {
        api = new WholeApi("");
        expect(201, "POST", "/api/v1/namespaces/default/serviceaccounts", named("v1", "ServiceAccount", "default", ""));
        expect(201, "POST", "/api/v1/nodes", named("v1", "Node", "worker", ""));
        expect(
                200,
                "PATCH",
                "/api/v1/nodes/worker/status",
                "{'status':{'addresses':[{'type':'InternalIP','address':'192.0.2.7'}],"
                        + "'daemonEndpoints':{'kubeletEndpoint':{'Port':10250}}}}",
                "Content-Type",
                "application/merge-patch+json");
        pod("web");
        expect(
                200,
                "PATCH",
                PODS + "/web/status",
                "{'status':{'podIP':'10.244.0.9','podIPs':[{'ip':'10.244.0.9'}],'phase':'Running'}}",
                "Content-Type",
                "application/merge-patch+json");
        expect(
                201,
                "POST",
                PODS + "/web/binding",
                named("v1", "Binding", "web", ",'target':{'kind':'Node','name':'worker'}"));
    }

    @AfterAll
    static void close() {
        api.close();
    }

    private static String named(String version, String kind, String name, String rest) {
        return "{'apiVersion':'" + version + "','kind':'" + kind + "','metadata':{'name':'" + name + "'}" + rest + "}";
    }

    private static void pod(String name) {
        expect(201, "POST", PODS, POD.formatted(name));
    }

    private static RealApi.Answer expect(int status, String method, String path, String body, String... headers) {
        var answer = api.send(method, path, body, headers);
        assertThat(answer.status())
                .as(method + " " + path + " " + answer.text())
                .isEqualTo(status);
        return answer;
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH"})
    void proxiesLeadEveryMethodOn(String method) {
        expect(200, method, PODS + "/web/proxy/some/path", "");
        expect(200, method, PODS + "/https:web:8443/proxy/", "");
        expect(200, method, "/api/v1/nodes/worker/proxy/pods", "");

        assertThat(api.dialed)
                .contains(
                        method + " http://10.244.0.9:8080/some/path",
                        method + " https://10.244.0.9:8443/",
                        method + " https://192.0.2.7:10250/pods");
    }

    @Test
    void theRootOfAProxyEndsWithASlash() {
        var answer = expect(301, "GET", PODS + "/web/proxy?a=b", "");
        assertThat(answer.headers().first("Location")).contains(PODS + "/web/proxy/?a=b");
        expect(200, "POST", PODS + "/web/proxy", "");
    }

    @Test
    void aBackEndThatDoesNotListenIsUnavailable() {
        var answer = expect(503, "GET", PODS + "/web:" + WholeApi.CLOSED + "/proxy/", "");

        assertThat(answer.json().path("reason").asString()).isEqualTo("ServiceUnavailable");
        assertThat(answer.json().path("message").asString())
                .isEqualTo("error trying to reach service: connection refused");
    }

    @ParameterizedTest
    @CsvSource({"exec,exec", "attach,attach", "portforward,portForward"})
    void conversationsGoToTheKubelet(String subresource, String atKubelet) {
        for (String method : new String[] {"GET", "POST"}) {
            String path = PODS + "/web/" + subresource + "?container=main&stdout=true&command=id";
            expect(400, method, path, "");
            expect(200, method, path, "", "Connection", "Upgrade", "Upgrade", "SPDY/3.1");
            assertThat(api.dialed)
                    .anyMatch(
                            line -> line.startsWith(method + " https://192.0.2.7:10250/" + atKubelet + "/default/web"));
        }
        expect(405, "DELETE", PODS + "/web/" + subresource, "");
    }

    @Test
    void aLogComesFromTheKubelet() {
        expect(200, "GET", PODS + "/web/log?tailLines=5", "");
        assertThat(api.dialed).anyMatch(line -> line.contains(":10250/containerLogs/default/web/main"));
        expect(405, "POST", PODS + "/web/log", "");
    }

    @Test
    void aPodIsBoundByEitherPath() {
        pod("bound-below");
        pod("bound-beside");
        String target = ",'target':{'kind':'Node','name':'worker'}";

        var below = expect(201, "POST", PODS + "/bound-below/binding", named("v1", "Binding", "bound-below", target));
        expect(201, "POST", "/api/v1/namespaces/default/bindings", named("v1", "Binding", "bound-beside", target));

        assertThat(below.json().path("status").asString()).isEqualTo("Success");
        for (String name : new String[] {"bound-below", "bound-beside"}) {
            assertThat(api.get(PODS + "/" + name).json().at("/spec/nodeName").asString())
                    .isEqualTo("worker");
        }
        expect(409, "POST", PODS + "/bound-below/binding", named("v1", "Binding", "bound-below", target));
    }

    @Test
    void anEvictedPodGoes() {
        pod("evicted");

        var answer = expect(201, "POST", PODS + "/evicted/eviction", named("policy/v1", "Eviction", "evicted", ""));

        assertThat(answer.json().path("status").asString()).isEqualTo("Success");
        assertThat(api.get(PODS + "/evicted").status()).isEqualTo(404);
    }

    @Test
    void anEphemeralContainerIsAddedBelowOnly() {
        pod("debugged");
        String patch = "{'spec':{'ephemeralContainers':[{'name':'debug','image':'tools:1'}]}}";

        expect(
                200,
                "PATCH",
                PODS + "/debugged/ephemeralcontainers",
                patch,
                "Content-Type",
                "application/strategic-merge-patch+json");

        assertThat(api.get(PODS + "/debugged/ephemeralcontainers")
                        .json()
                        .at("/spec/ephemeralContainers/0/name")
                        .asString())
                .isEqualTo("debug");
        expect(
                422,
                "PATCH",
                PODS + "/debugged",
                "{'spec':{'ephemeralContainers':[{'name':'other','image':'tools:1'}]}}",
                "Content-Type",
                "application/strategic-merge-patch+json");
    }

    @Test
    void aPodIsResizedBelowOnly() {
        pod("resized");
        String patch = "{'spec':{'containers':[{'name':'main','resources':{'requests':{'cpu':'100m'}}}]}}";
        String type = "application/strategic-merge-patch+json";

        expect(422, "PATCH", PODS + "/resized", patch, "Content-Type", type);
        assertThat(api.get(PODS + "/resized/resize").json().path("kind").asString())
                .isEqualTo("Pod");
    }

    @Test
    void aScaleIsReadReplacedAndPatched() {
        String path = "/apis/apps/v1/namespaces/default/deployments";
        expect(
                201,
                "POST",
                path,
                named(
                        "apps/v1",
                        "Deployment",
                        "web",
                        ",'spec':{'selector':{'matchLabels':{'app':'web'}},'template':{'metadata':{'labels':{'app':'web'}},"
                                + "'spec':{'containers':[{'name':'main','image':'web:1'}]}}}"));

        assertThat(expect(200, "GET", path + "/web/scale", "")
                        .json()
                        .path("kind")
                        .asString())
                .isEqualTo("Scale");
        expect(200, "PUT", path + "/web/scale", named("autoscaling/v1", "Scale", "web", ",'spec':{'replicas':3}"));
        expect(
                200,
                "PATCH",
                path + "/web/scale",
                "{'spec':{'replicas':5}}",
                "Content-Type",
                "application/merge-patch+json");
        assertThat(api.get(path + "/web").json().at("/spec/replicas").asInt()).isEqualTo(5);
    }

    @Test
    void anAccountGetsTokens() {
        String path = "/api/v1/namespaces/default/serviceaccounts/default/token";
        var answer =
                expect(201, "POST", path, "{'apiVersion':'authentication.k8s.io/v1','kind':'TokenRequest','spec':{}}");

        assertThat(answer.json().at("/status/token").asString()).contains(".");
        expect(405, "GET", path, "");
    }

    @Test
    void aRequestForACertificateIsApprovedBelowOnly() {
        String path = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
        expect(404, "GET", path + "/absent/approval", "");
        expect(405, "POST", path + "/absent/approval", "");
    }

    @Test
    void aNamespaceIsFinalizedBelow() {
        expect(201, "POST", "/api/v1/namespaces", named("v1", "Namespace", "leaving", ""));
        expect(200, "DELETE", "/api/v1/namespaces/leaving", "");

        expect(
                200,
                "PUT",
                "/api/v1/namespaces/leaving/finalize",
                named("v1", "Namespace", "leaving", ",'spec':{'finalizers':[]}"));

        assertThat(api.get("/api/v1/namespaces/leaving").status()).isEqualTo(404);
    }

    @Test
    void aStatusIsWrittenApart() {
        pod("stated");
        String patch = "{'metadata':{'labels':{'a':'b'}},'spec':{'nodeName':'elsewhere'},'status':{'phase':'Failed'}}";
        var answer =
                expect(200, "PATCH", PODS + "/stated/status", patch, "Content-Type", "application/merge-patch+json");

        assertThat(answer.json().at("/status/phase").asString()).isEqualTo("Failed");
        assertThat(answer.json().at("/spec/nodeName").isMissingNode()).isTrue();
    }

    @Test
    void someKindsAnswerADeletionWithTheObject() {
        pod("shown");
        expect(201, "POST", "/api/v1/namespaces/default/configmaps", named("v1", "ConfigMap", "settings", ""));

        assertThat(expect(200, "DELETE", PODS + "/shown?gracePeriodSeconds=0", "")
                        .json()
                        .path("kind")
                        .asString())
                .isEqualTo("Pod");
        assertThat(expect(200, "DELETE", "/api/v1/namespaces/default/configmaps/settings", "")
                        .json()
                        .path("kind")
                        .asString())
                .isEqualTo("Status");
    }
}
