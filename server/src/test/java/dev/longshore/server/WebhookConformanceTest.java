package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// The lines of the conformance programme about admission webhooks that [AdmissionWebhooksTest] does not have.
class WebhookConformanceTest {

    private static final String GROUP = "/apis/admissionregistration.k8s.io/v1";
    private static final String MERGE = "application/merge-patch+json";
    private static HookedApi hooked;
    private static AdmissionHook hook;
    private static WholeApi api;
    private static CustomApi custom;

    @BeforeAll
    static void start() throws IOException {
        hooked = new HookedApi();
        hook = hooked.hook;
        api = hooked.api;
        custom = new CustomApi(api);
        hook.on("/deny", (asked, response) -> response.put("allowed", false));
        hook.patching("/add", "[{'op':'add','path':'/data/added','value':'yes'}]");
        custom.define(CustomApi.definition(
                "birds",
                "Bird",
                CustomApi.version(
                                "v1",
                                true,
                                "data: {type: object, properties: {a: {type: string}, added: {type: string}}}")
                        + CustomApi.version(
                                "v2",
                                false,
                                "data: {type: object, properties: {a: {type: string}, added: {type: string}}}")));
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
    @CsvSource({"mutatingwebhookconfigurations,true", "validatingwebhookconfigurations,false"})
    void configurationsAreListedAndDeletedByLabelAndTheirEffectGoes(String plural, boolean isMutating) {
        configure(isMutating, hooked.webhook("label.example.com", "/deny"));
        String one = GROUP + "/" + plural + "/conformance";
        api.send("PATCH", one, "{'metadata':{'labels':{'mine':'yes'}}}", "Content-Type", MERGE);
        String mine = GROUP + "/" + plural + "?labelSelector=mine%3Dyes";

        assertThat(api.get(mine).json().path("items")).hasSize(1);
        assertThat(hooked.make("labelled-" + isMutating, "").status()).isEqualTo(400);
        assertThat(api.send("DELETE", mine, "").status()).isEqualTo(200);
        await().until(() -> hooked.make("labelled-" + isMutating, "").status() == 201);
    }

    @ParameterizedTest
    @CsvSource({"mutatingwebhookconfigurations,true", "validatingwebhookconfigurations,false"})
    void rulesAreSwitchedOffAndOnForCreations(String plural, boolean isMutating) {
        configure(isMutating, hooked.webhook("rules.example.com", "/deny"));
        String one = GROUP + "/" + plural + "/conformance";

        rules(one, "'UPDATE'");
        await().until(() -> hooked.make("switched", "?dryRun=All").status() == 201);
        rules(one, "'UPDATE','CREATE'");
        await().until(() -> hooked.make("switched", "?dryRun=All").status() == 400);
    }

    private static void rules(String configuration, String operations) {
        var answer = api.send(
                "PATCH",
                configuration,
                "[{'op':'replace','path':'/webhooks/0/rules/0/operations','value':[" + operations + "]}]",
                "Content-Type",
                "application/json-patch+json");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"})
    void anExpressionThatDoesNotCompileIsRefused(String kind) {
        String webhook = hooked.webhook(
                "cel.example.com", "/deny", "'matchConditions':[{'name':'bad','expression':'... [] bad expression'}]");
        var answer = api.send(
                "POST",
                GROUP + "/" + kind.toLowerCase(java.util.Locale.ROOT) + "s",
                "{'apiVersion':'admissionregistration.k8s.io/v1','kind':'" + kind
                        + "','metadata':{'name':'bad'},'webhooks':[" + webhook + "]}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.message()).contains("webhooks[0].matchConditions[0].expression", "compilation failed");
    }

    @Test
    void customResourcesCannotBeMadeChangedOrDeletedAgainstAWebhooksWill() {
        assertThat(custom.create("birds", "Bird", "old", "data: {a: b}", "").status())
                .isEqualTo(201);
        hooked.validating("birds", hooked.webhook("birds.example.com", "/deny", birds("v1")));
        String old = CustomApi.path("v1", "birds") + "/old";

        assertThat(custom.create("birds", "Bird", "new", "data: {a: b}", "").message())
                .contains("denied the request");
        assertThat(api.send("PATCH", old, "{'data':{'a':'c'}}", "Content-Type", MERGE)
                        .message())
                .contains("denied the request");
        assertThat(api.send("DELETE", old, "").message()).contains("denied the request");
    }

    @Test
    void customResourcesAreChangedCleanedAndSeenInTheVersionThatTheRulesName() {
        hook.patching(
                "/bird",
                "[{'op':'add','path':'/data/added','value':'yes'},{'op':'add','path':'/data/unknown','value':'x'}]");
        hooked.mutating("birds", hooked.webhook("birds.example.com", "/bird", birds("v2")));
        JsonNode bird =
                custom.create("birds", "Bird", "changed", "data: {a: b}", "").json();

        assertThat(bird.path("apiVersion").asString()).isEqualTo("example.com/v1");
        assertThat(bird.path("data").toString()).isEqualTo("{\"a\":\"b\",\"added\":\"yes\"}");
        JsonNode asked = hook.seen("/bird").getFirst().asked();
        assertThat(asked.at("/object/apiVersion").asString()).isEqualTo("example.com/v2");
        assertThat(asked.at("/kind/version").asString()).isEqualTo("v2");
        assertThat(asked.at("/requestKind/version").asString()).isEqualTo("v1");
    }

    @Test
    void whatAWebhookAddsToACustomResourceIsShownToThoseBehindItAndGoesWhenItIsStored() {
        custom.define(CustomApi.definition("ants", "Ant", CustomApi.only("data: {type: object}")));
        String ants = HookedApi.rules("*", "example.com", "v1", "ants");
        hook.patching("/strange", "[{'op':'add','path':'/unknown','value':'x'}]");
        hook.on("/look", (asked, response) -> {});
        hooked.mutating("ants", hooked.webhook("ants.example.com", "/strange", ants));
        hooked.validating("ants", hooked.webhook("ants.example.com", "/look", ants));

        JsonNode made = custom.create("ants", "Ant", "a", "data: {}", "").json();
        JsonNode changed = api.send(
                        "PATCH",
                        CustomApi.path("v1", "ants") + "/a",
                        "{'metadata':{'labels':{'a':'b'}}}",
                        "Content-Type",
                        MERGE)
                .json();

        assertThat(hook.seen("/look"))
                .hasSize(2)
                .allSatisfy(
                        seen -> assertThat(seen.asked().at("/object/unknown").asString())
                                .isEqualTo("x"));
        assertThat(made.has("unknown")).isFalse();
        assertThat(changed.has("unknown")).isFalse();
        assertThat(changed.at("/metadata/labels/a").asString()).isEqualTo("b");
    }

    @Test
    void customResourcesAreChangedAlsoAfterTheirStorageVersionMoved() {
        custom.define(CustomApi.definition("moths", "Moth", moths(true) + moths(false)));
        hooked.mutating(
                "moths",
                hooked.webhook("moths.example.com", "/add", HookedApi.rules("*", "example.com", "*", "moths")));
        custom.create("moths", "Moth", "m", "data: {a: b}", "");
        var definition = api.get(CustomApi.DEFINITIONS + "/moths.example.com").json();
        var versions = (tools.jackson.databind.node.ArrayNode) definition.at("/spec/versions");
        ((tools.jackson.databind.node.ObjectNode) versions.get(0)).put("storage", false);
        ((tools.jackson.databind.node.ObjectNode) versions.get(1)).put("storage", true);
        assertThat(api.send("PUT", CustomApi.DEFINITIONS + "/moths.example.com", definition.toString())
                        .status())
                .isEqualTo(200);
        String one = CustomApi.path("v2", "moths") + "/m";

        await().until(() -> {
            var answer = api.send("PATCH", one, "{'data':{'a':'c','added':null}}", "Content-Type", MERGE);
            return answer.status() == 200
                    && answer.json().at("/data/added").asString("").equals("yes");
        });
    }

    private static String moths(boolean isStored) {
        return CustomApi.version(
                isStored ? "v1" : "v2",
                isStored,
                "data: {type: object, properties: {a: {type: string}, added: {type: string}}}");
    }

    @Test
    void aDefinitionOfCustomResourcesCanBeRefused() {
        hooked.validating(
                "definitions",
                hooked.webhook(
                        "definitions.example.com",
                        "/deny",
                        HookedApi.rules("CREATE", "apiextensions.k8s.io", "v1", "customresourcedefinitions")));
        var answer = api.send(
                "POST",
                CustomApi.DEFINITIONS,
                CustomApi.definition("cats", "Cat", CustomApi.only("a: {type: string}")),
                "Content-Type",
                "application/yaml");

        assertThat(answer.message())
                .isEqualTo("admission webhook \"definitions.example.com\" denied the request without explanation");
    }

    @Test
    void aNamespaceCanBeLeftOutByItsLabels() {
        api.send("POST", "/api/v1/namespaces", "{'metadata':{'name':'spared','labels':{'spared':'yes'}}}");
        hooked.validating(
                "spare",
                hooked.webhook(
                        "spare.example.com",
                        "/deny",
                        "'namespaceSelector':{'matchExpressions':[{'key':'spared','operator':'DoesNotExist'}]}"));

        assertThat(hooked.make("unspared", "").status()).isEqualTo(400);
        assertThat(api.send("POST", "/api/v1/namespaces/spared/configmaps", "{'metadata':{'name':'c'}}")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void theGroupItsVersionAndItsResourcesAreDiscovered() {
        assertThat(api.get("/apis").text()).contains("admissionregistration.k8s.io/v1");
        assertThat(api.get("/apis/admissionregistration.k8s.io").text()).contains("admissionregistration.k8s.io/v1");
        assertThat(api.get(GROUP).text())
                .contains("\"mutatingwebhookconfigurations\"", "\"validatingwebhookconfigurations\"");
    }

    private static void configure(boolean isMutating, String webhook) {
        if (isMutating) {
            hooked.mutating("conformance", webhook);
        } else {
            hooked.validating("conformance", webhook);
        }
    }

    private static String birds(String version) {
        return HookedApi.rules("*", "example.com", version, "birds");
    }
}
