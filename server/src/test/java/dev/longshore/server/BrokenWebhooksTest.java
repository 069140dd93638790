package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.http.Headers;
import dev.longshore.http.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Webhooks that hang, lie, answer nonsense or are not there.
class BrokenWebhooksTest {

    private static final String FAILED = "Internal error occurred: failed calling webhook \"broken.example.com\": ";
    private static HookedApi hooked;
    private static AdmissionHook hook;

    @BeforeAll
    static void start() throws IOException {
        hooked = new HookedApi();
        hook = hooked.hook;
    }

    @AfterAll
    static void stop() {
        hooked.close();
    }

    @AfterEach
    void clear() {
        hooked.clear();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneThatHangsHasItsTimeAndNoMore(boolean isMutating) {
        hook.hanging("/hang");
        configure(isMutating, hooked.webhook("broken.example.com", "/hang", "'timeoutSeconds':1"));

        assertThat(hooked.make("waiting", "").message())
                .isEqualTo(FAILED + "failed to call webhook: Post \"https://localhost:" + hook.port()
                        + "/hang?timeout=1s\": context deadline exceeded");
        hooked.clear();
        configure(
                isMutating,
                hooked.webhook("broken.example.com", "/hang", "'timeoutSeconds':1", "'failurePolicy':'Ignore'"));
        assertThat(hooked.make("waited-" + isMutating, "").status()).isEqualTo(201);
    }

    @Test
    void oneThatIsNotThereClosesOrOpensAsItSays() {
        String nowhere = "'clientConfig':{'url':'https://127.0.0.1:1/none'}";
        hooked.validating("broken", hooked.webhook("broken.example.com", "/any", nowhere));

        assertThat(hooked.make("alone", "").message())
                .isEqualTo(FAILED + "failed to call webhook: Post \"https://127.0.0.1:1/none?timeout=10s\": dial tcp"
                        + " 127.0.0.1:1: connect: connection refused");
        assertThat(hooked.make("alone", "")
                        .json()
                        .at("/details/causes/0/message")
                        .asString())
                .startsWith("failed calling webhook");
        hooked.clear();
        hooked.validating("broken", hooked.webhook("broken.example.com", "/any", nowhere, "'failurePolicy':'Ignore'"));
        assertThat(hooked.make("alone", "").status()).isEqualTo(201);
    }

    @Test
    void aServiceThatIsNotThereIsNamed() {
        hooked.validating(
                "broken",
                hooked.webhook(
                        "broken.example.com",
                        "/any",
                        "'clientConfig':{'service':{'namespace':'default','name':'none'}}"));

        assertThat(hooked.make("alone", "").message())
                .isEqualTo(FAILED + "failed to call webhook: Post \"https://none.default.svc:443/?timeout=10s\":"
                        + " service \"none\" not found");
    }

    @Test
    void oneWhoseCertificateNobodyVouchesForIsNotBelieved() {
        hook.on("/fine", (asked, response) -> {});
        hooked.validating(
                "broken",
                hooked.webhook(
                        "broken.example.com",
                        "/fine",
                        "'clientConfig':{'url':'https://localhost:" + hook.port() + "/fine'}"));

        assertThat(hooked.make("foreign", "").message())
                .endsWith("tls: failed to verify certificate: x509: certificate signed by unknown authority");
        assertThat(hook.seen("/fine")).isEmpty();
    }

    @Test
    void nonsenseIsToldApart() {
        Map<String, String> answers = Map.of(
                "{}",
                "received invalid webhook response: webhook response was absent",
                "{'response':{'uid':'other','allowed':true}}",
                "received invalid webhook response: expected response.uid=\"UID\", got \"other\"",
                "{'response':{'uid':'UID','allowed':true}}",
                "received invalid webhook response: expected webhook response of admission.k8s.io/v1,"
                        + " Kind=AdmissionReview, got /, Kind=",
                whole("'allowed':true,'patch':'W10='"),
                "received invalid webhook response: webhook returned response.patch but not" + " response.patchType",
                whole("'allowed':true,'patchType':'JSONPatch'"),
                "received invalid webhook response: webhook returned response.patchType but not" + " response.patch",
                whole("'allowed':true,'patchType':'JSONPatch','patch':'e30='"),
                "received undecodable patch in webhook response: json: cannot unmarshal object into Go value"
                        + " of type jsonpatch.Patch",
                whole("'allowed':true,'patchType':'Strange','patch':'W3t9XQ=='"),
                "unsupported patch type \"Strange\"");

        for (var each : answers.entrySet()) {
            hook.raw(
                    "/lie",
                    review -> AdmissionHook.json(each.getKey()
                            .replace('\'', '"')
                            .replace("UID", review.path("request").path("uid").asString())));
            hooked.mutating("broken", hooked.webhook("broken.example.com", "/lie"));
            String message = hooked.make("lied", "").message();
            String uid = hook.seen("/lie").getLast().asked().path("uid").asString();
            assertThat(message).isEqualTo(FAILED + each.getValue().replace("UID", uid));
            hooked.clear();
        }
    }

    @Test
    void aValidatingOneMayNotPatch() {
        hook.patching("/patch", "[{'op':'remove','path':'/data'}]");
        hooked.validating("broken", hooked.webhook("broken.example.com", "/patch"));

        assertThat(hooked.make("patched", "").message())
                .isEqualTo(FAILED + "received invalid webhook response: validating webhook may not return"
                        + " response.patch");
    }

    @Test
    void aPatchThatCannotBeAppliedIsOurFaultWhateverThePolicy() {
        hook.patching("/patch", "[{'op':'add','path':'/none/at/all','value':1}]");
        hooked.mutating("broken", hooked.webhook("broken.example.com", "/patch", "'failurePolicy':'Ignore'"));
        assertThat(hooked.make("patched", "").message())
                .isEqualTo("Internal error occurred: add operation does not apply: doc is missing path:"
                        + " \"/none/at/all\": missing value");
        hook.patching("/patch", "[{'op':'replace','path':'/data','value':'text'}]");
        assertThat(hooked.make("patched", "").message())
                .startsWith("Internal error occurred: json: cannot unmarshal string into Go");
        hook.patching("/patch", "[{'op':'remove','path':'/metadata/none'}]");
        assertThat(hooked.make("patched", "").message())
                .isEqualTo("Internal error occurred: error in remove for path: '/metadata/none': Unable to remove"
                        + " nonexistent key: none: missing value");
    }

    @Test
    void bodiesThatAreHugeEmptyOrNoJsonAreRefused() {
        byte[] huge = new byte[17 << 20];
        hook.raw("/huge", review -> new Response.Full(200, Headers.of("Content-Type", "application/json"), huge));
        hooked.validating("broken", hooked.webhook("broken.example.com", "/huge"));
        assertThat(hooked.make("flooded", "").message())
                .isEqualTo(FAILED + "failed to call webhook: the response is larger than 16777216 bytes");
        hook.raw("/huge", review -> AdmissionHook.json(""));
        assertThat(hooked.make("flooded", "").message())
                .isEqualTo(FAILED + "failed to call webhook: 0-length response with status code: 200 and content type:"
                        + " application/json");
        hook.raw("/huge", review -> AdmissionHook.json("hello"));
        assertThat(hooked.make("flooded", "").message())
                .startsWith(FAILED + "failed to call webhook: couldn't get version/kind; json parse error: ");
        hook.raw(
                "/huge",
                review -> new Response.Full(
                        500, Headers.of("Content-Type", "text/plain"), "boom".getBytes(StandardCharsets.UTF_8)));
        assertThat(hooked.make("flooded", "").message())
                .isEqualTo(FAILED + "failed to call webhook: an error on the server (\"boom\") has prevented the"
                        + " request from succeeding");
    }

    @Test
    void aRequestHasNoMoreTimeThanItSays() {
        hook.hanging("/hang");
        hooked.mutating("broken", hooked.webhook("broken.example.com", "/hang", "'failurePolicy':'Ignore'"));
        var answer = hooked.make("hurried", "?timeout=1s");

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.message()).startsWith("Timeout: request did not complete within");
    }

    private void configure(boolean isMutating, String webhook) {
        if (isMutating) {
            hooked.mutating("broken", webhook);
        } else {
            hooked.validating("broken", webhook);
        }
    }

    private static String whole(String response) {
        return "{'kind':'AdmissionReview','apiVersion':'admission.k8s.io/v1','response':{'uid':'UID'," + response
                + "}}";
    }
}
