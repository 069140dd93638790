package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.http.Headers;
import dev.longshore.http.Response;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What webhooks are asked, and what is made of what they answer.
class AdmissionWebhooksTest {

    private static final String MAPS = HookedApi.MAPS;
    private static HookedApi hooked;
    private static AdmissionHook hook;
    private static WholeApi api;

    @BeforeAll
    static void start() throws IOException {
        hooked = new HookedApi();
        hook = hooked.hook;
        api = hooked.api;
    }

    @AfterAll
    static void stop() {
        hooked.close();
    }

    @AfterEach
    void clear() {
        hooked.clear();
    }

    @Test
    void theReviewTellsTheRequestToTheLetter() {
        hook.on("/tell", (asked, response) -> {});
        hooked.validating("tell", hooked.webhook("tell.example.com", "/tell"));
        hooked.make("told", "?dryRun=All&fieldManager=me");

        AdmissionHook.Seen seen = hook.seen("/tell").getFirst();
        assertThat(seen.target()).isEqualTo("/tell?timeout=10s");
        assertThat(seen.request().headers().first("User-Agent")).contains("kube-apiserver-admission");
        assertThat(seen.review().path("apiVersion").asString()).isEqualTo("admission.k8s.io/v1");
        assertThat(seen.asked().propertyNames())
                .containsExactly(
                        "uid",
                        "kind",
                        "resource",
                        "requestKind",
                        "requestResource",
                        "name",
                        "namespace",
                        "operation",
                        "userInfo",
                        "object",
                        "oldObject",
                        "dryRun",
                        "options");
        assertThat(seen.asked().path("kind").toString())
                .isEqualTo("{\"group\":\"\",\"version\":\"v1\",\"kind\":\"ConfigMap\"}");
        assertThat(seen.asked().path("requestResource").toString())
                .isEqualTo("{\"group\":\"\",\"version\":\"v1\",\"resource\":\"configmaps\"}");
        assertThat(seen.asked().path("userInfo").toString())
                .isEqualTo("{\"username\":\"admin\",\"groups\":[\"system:masters\",\"system:authenticated\"]}");
        assertThat(seen.asked().at("/object/data/a").asString()).isEqualTo("b");
        assertThat(seen.asked().at("/object/metadata/uid").asString()).isNotEmpty();
        assertThat(seen.asked().path("oldObject").isNull()).isTrue();
        assertThat(seen.asked().path("dryRun").asBoolean()).isTrue();
        assertThat(seen.asked().path("options").toString())
                .isEqualTo("{\"kind\":\"CreateOptions\",\"apiVersion\":\"meta.k8s.io/v1\",\"dryRun\":[\"All\"],"
                        + "\"fieldManager\":\"me\"}");
    }

    @Test
    void aDenialIsAnsweredInTheWebhooksWords() {
        hook.on("/deny", (asked, response) -> {
            response.put("allowed", false)
                    .putObject("status")
                    .put("code", 418)
                    .put("reason", "Teapot")
                    .put("message", "no coffee");
        });
        hooked.validating("deny", hooked.webhook("deny.example.com", "/deny"));
        JsonNode status = hooked.make("denied", "").json();

        assertThat(status.path("message").asString())
                .isEqualTo("admission webhook \"deny.example.com\" denied the request: no coffee");
        assertThat(status.path("code").asInt()).isEqualTo(418);
        assertThat(status.path("reason").asString()).isEqualTo("Teapot");
        assertThat(api.get(MAPS + "/denied").status()).isEqualTo(404);
    }

    @Test
    void aDenialWithoutWordsIsABadRequest() {
        hook.on("/deny", (asked, response) -> response.put("allowed", false));
        hooked.mutating("deny", hooked.webhook("deny.example.com", "/deny"));
        JsonNode status = hooked.make("denied", "").json();

        assertThat(status.path("message").asString())
                .isEqualTo("admission webhook \"deny.example.com\" denied the request without explanation");
        assertThat(status.path("code").asInt()).isEqualTo(400);
        assertThat(status.has("reason")).isFalse();
    }

    @Test
    void updatesPatchesAndDeletionsAreAskedForTooAndManyOneByOne() {
        hooked.make("kept-1", "");
        hooked.make("kept-2", "");
        hook.on(
                "/keep",
                (asked, response) -> response.put(
                        "allowed", !asked.path("operation").asString().matches("UPDATE|DELETE")));
        hooked.validating("keep", hooked.webhook("keep.example.com", "/keep"));
        String denied = "admission webhook \"keep.example.com\" denied the request without explanation";

        assertThat(api.send(
                                "PATCH",
                                MAPS + "/kept-1",
                                "{'data':{'a':'c'}}",
                                "Content-Type",
                                "application/merge-patch+json")
                        .message())
                .isEqualTo(denied);
        assertThat(api.send("DELETE", MAPS + "/kept-1", "").message()).isEqualTo(denied);
        JsonNode deletion = hook.seen("/keep").getLast().asked();
        assertThat(deletion.path("object").isNull()).isTrue();
        assertThat(deletion.at("/oldObject/metadata/name").asString()).isEqualTo("kept-1");
        assertThat(deletion.at("/options/kind").asString()).isEqualTo("DeleteOptions");
        assertThat(api.send("DELETE", MAPS, "").message()).isEqualTo(denied);
        assertThat(hook.seen("/keep").getLast().asked().has("name")).isFalse();
        assertThat(api.get(MAPS + "/kept-1").status()).isEqualTo(200);
    }

    @Test
    void eachMutatingWebhookSeesWhatThoseBeforeItHaveChangedInTheOrderOfNames() {
        hook.patching("/first", "[{'op':'add','path':'/data/first','value':'yes'}]");
        hook.on("/second", (asked, response) -> {
            if (asked.at("/object/data/first").asString("").equals("yes")) {
                AdmissionHook.patch(response, "[{'op':'add','path':'/data/second','value':'yes'}]");
            }
        });
        hooked.mutating("b-second", hooked.webhook("second.example.com", "/second"));
        hooked.mutating("a-first", hooked.webhook("first.example.com", "/first"));

        assertThat(hooked.make("ordered", "").json().path("data").toString())
                .isEqualTo("{\"a\":\"b\",\"first\":\"yes\",\"second\":\"yes\"}");
    }

    @Test
    void whoWantsToIsAskedAgainAfterOthersChangedTheObjectAndOnlyOnce() {
        hook.on("/again", (asked, response) -> {});
        hook.on("/once", (asked, response) -> {});
        hook.patching("/change", "[{'op':'add','path':'/data/changed','value':'yes'}]");
        hooked.mutating(
                "rounds",
                hooked.webhook("again.example.com", "/again", "'reinvocationPolicy':'IfNeeded'"),
                hooked.webhook("once.example.com", "/once"),
                hooked.webhook("change.example.com", "/change"));
        hooked.make("rounded", "");

        assertThat(hook.seen("/again")).hasSize(2);
        assertThat(hook.seen("/again")
                        .getLast()
                        .asked()
                        .at("/object/data/changed")
                        .asString())
                .isEqualTo("yes");
        assertThat(hook.seen("/once")).hasSize(1);
        assertThat(hook.seen("/change")).hasSize(1);
    }

    @Test
    void whatAWebhookAddsGetsItsDefaultsAndUnknownFieldsGo() {
        hook.patching(
                "/init", "[{'op':'add','path':'/spec/initContainers','value':[{'name':'i','image':'i','strange':1}]}]");
        hooked.mutating(
                "init", hooked.webhook("init.example.com", "/init", HookedApi.rules("CREATE", "", "v1", "pods")));
        api.send("POST", "/api/v1/namespaces/default/serviceaccounts", "{'metadata':{'name':'default'}}");
        var answer = api.send(
                "POST",
                "/api/v1/namespaces/default/pods",
                "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'c'}]}}");

        JsonNode init = answer.json().at("/spec/initContainers/0");
        assertThat(init.path("terminationMessagePath").asString()).isEqualTo("/dev/termination-log");
        assertThat(init.has("strange")).isFalse();
    }

    @Test
    void validatingWebhooksAreAskedAllAtOnce() {
        var together = new CyclicBarrier(2);
        AdmissionHook.Judging meets = (asked, response) -> {
            try {
                together.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException alone) {
                response.put("allowed", false);
            }
        };
        hook.on("/left", meets);
        hook.on("/right", meets);
        hooked.validating(
                "both", hooked.webhook("left.example.com", "/left"), hooked.webhook("right.example.com", "/right"));

        assertThat(hooked.make("met", "").status()).isEqualTo(201);
    }

    @Test
    void aConnectionCanBeRefused() {
        hook.on("/attach", (asked, response) -> response.put("allowed", false));
        hooked.validating(
                "attach",
                hooked.webhook("attach.example.com", "/attach", HookedApi.rules("CONNECT", "", "v1", "pods/attach")));
        var answer = api.get("/api/v1/namespaces/default/pods/any/attach?stdin=true&container=c");

        assertThat(answer.message()).contains("admission webhook \"attach.example.com\" denied the request");
        JsonNode asked = hook.seen("/attach").getFirst().asked();
        assertThat(asked.path("subResource").asString()).isEqualTo("attach");
        assertThat(asked.path("object").toString())
                .isEqualTo("{\"kind\":\"PodAttachOptions\",\"apiVersion\":\"v1\",\"container\":\"c\",\"stdin\":true}");
        assertThat(asked.path("options").isNull()).isTrue();
    }

    @Test
    void aScaleIsShownAndChangedAsAScale() {
        hook.patching("/scale", "[{'op':'replace','path':'/spec/replicas','value':5}]");
        hooked.mutating(
                "scale",
                hooked.webhook("scale.example.com", "/scale", HookedApi.rules("UPDATE", "apps", "v1", "*/scale")));
        String deployments = "/apis/apps/v1/namespaces/default/deployments";
        api.send(
                "POST",
                deployments,
                "{'metadata':{'name':'d'},'spec':{'replicas':1,'selector':{'matchLabels':{'a':'b'}},'template':"
                        + "{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'c'}]}}}}");
        api.send(
                "PATCH",
                deployments + "/d/scale",
                "{'spec':{'replicas':2}}",
                "Content-Type",
                "application/merge-patch+json");

        assertThat(hook.seen("/scale").getFirst().asked().at("/kind/kind").asString())
                .isEqualTo("Scale");
        assertThat(api.get(deployments + "/d").json().at("/spec/replicas").asInt())
                .isEqualTo(5);
    }

    @Test
    void warningsReachTheClient() {
        hook.on("/warn", (asked, response) -> response.putArray("warnings").add("mind the gap"));
        hooked.validating("warn", hooked.webhook("warn.example.com", "/warn"));

        assertThat(hooked.make("warned", "").headers().first("Warning")).contains("299 - \"mind the gap\"");
    }

    @Test
    void conditionsLeaveRequestsOutAndOnesThatFailRefuseThem() {
        hook.on("/deny", (asked, response) -> response.put("allowed", false));
        hooked.validating(
                "conditions",
                hooked.webhook(
                        "named.example.com",
                        "/deny",
                        "'matchConditions':[{'name':'n','expression':'object.metadata.name != \\u0027free\\u0027'}]"));

        assertThat(hooked.make("free", "").status()).isEqualTo(201);
        assertThat(hooked.make("bound", "").status()).isEqualTo(400);
        hooked.clear();
        hooked.validating(
                "broken",
                hooked.webhook(
                        "broken.example.com",
                        "/deny",
                        "'matchConditions':[{'name':'n','expression':'object.nothing.there == 1'}]"));
        assertThat(hooked.make("unclear", "").message())
                .isEqualTo("configmaps \"unclear\" is forbidden: expression 'object.nothing.there == 1' resulted in"
                        + " error: no such key: nothing");
    }

    @Test
    void conditionsCanAskTheAuthorizer() {
        hook.on("/deny", (asked, response) -> response.put("allowed", false));
        hooked.validating(
                "authorizer",
                hooked.webhook(
                        "authorizer.example.com",
                        "/deny",
                        "'matchConditions':[{'name':'n','expression':'!authorizer.group(\\u0027\\u0027)"
                                + ".resource(\\u0027configmaps\\u0027).check(\\u0027create\\u0027).allowed()'}]"));

        assertThat(hooked.make("mighty", "").status()).isEqualTo(201);
    }

    @Test
    void configurationsOfWebhooksAreNeverAskedFor() {
        hook.on("/deny", (asked, response) -> response.put("allowed", false));
        hooked.validating("all", hooked.webhook("all.example.com", "/deny", HookedApi.rules("*", "*", "*", "*/*")));

        assertThat(api.send("DELETE", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/all", "")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aWebhookThatWouldDoMoreThanAnswerIsNotAskedInADryRun() {
        hook.on("/effects", (asked, response) -> {});
        hooked.validating(
                "effects",
                hooked.webhook(
                        "effects.example.com", "/effects", "'sideEffects':'NoneOnDryRun'", "'failurePolicy':'Ignore'"));

        assertThat(hooked.make("tried", "?dryRun=All").status()).isEqualTo(201);
        assertThat(hook.seen("/effects")).hasSize(1);
    }

    @Test
    void theOldReviewIsSpokenToo() {
        hook.raw("/old", review -> {
            assertThat(review.path("apiVersion").asString()).isEqualTo("admission.k8s.io/v1beta1");
            return AdmissionHook.json("{\"response\":{\"allowed\":false}}");
        });
        hooked.validating(
                "old", hooked.webhook("old.example.com", "/old", "'admissionReviewVersions':['v1beta1','v1']"));

        assertThat(hooked.make("old", "").message()).contains("denied the request");
    }

    @Test
    void connectionsAreKept() {
        hook.on("/keep", (asked, response) -> {});
        hooked.validating("keep", hooked.webhook("keep.example.com", "/keep"));
        hooked.make("one", "");
        hooked.make("two", "");

        assertThat(hook.seen("/keep").stream()
                        .map(seen -> seen.request().peer().address())
                        .distinct())
                .hasSize(1);
    }

    @Test
    void metricsCountWhatWasAsked() {
        hook.on("/deny", (asked, response) -> response.put("allowed", false));
        hooked.validating("count", hooked.webhook("count.example.com", "/deny"));
        hooked.make("counted", "");

        assertThat(api.get("/metrics").text())
                .contains("apiserver_admission_webhook_rejection_count{name=\"count.example.com\",type=\"validating\","
                        + "operation=\"CREATE\",error_type=\"no_error\",rejection_code=\"400\"} 1");
    }

    @Test
    void redirectsLeadNowhere() {
        hook.on("/elsewhere", (asked, response) -> {});
        hook.raw(
                "/redirect",
                review -> new Response.Full(
                        307, Headers.of("Location", "https://localhost:" + hook.port() + "/elsewhere"), new byte[0]));
        hooked.validating("redirect", hooked.webhook("redirect.example.com", "/redirect"));

        assertThat(hooked.make("sent", "").message())
                .isEqualTo("Internal error occurred: failed calling webhook \"redirect.example.com\": failed to call"
                        + " webhook: the server responded with the status code 307 but did not return more"
                        + " information");
        assertThat(hook.seen("/elsewhere")).isEqualTo(List.of());
    }
}
