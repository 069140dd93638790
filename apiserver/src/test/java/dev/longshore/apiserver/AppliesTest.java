package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AppliesTest {

    private static final String WEB = "/api/v1/namespaces/default/widgets/web";

    private final Desk desk = new Desk();

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void theFirstApplyCreatesAndOwns() {
        var answer = apply("a", "{'spec':{'size':2,'parts':[{'name':'p','n':1}]}}");

        assertThat(answer.status()).isEqualTo(201);
        var entry = answer.json().at("/metadata/managedFields/0");
        assertThat(entry.path("manager").asString()).isEqualTo("a");
        assertThat(entry.path("operation").asString()).isEqualTo("Apply");
        assertThat(entry.path("fieldsV1").toString())
                .isEqualTo(
                        "{\"f:spec\":{\"f:parts\":{\"k:{\\\"name\\\":\\\"p\\\"}\":{\".\":{},\"f:n\":{},\"f:name\":{}}},"
                                + "\"f:size\":{}}}");
    }

    @Test
    void applyingTheSameAgainChangesNothing() {
        var first = apply("a", "{'spec':{'size':2}}");

        assertThat(apply("a", "{'spec':{'size':2}}").json()).isEqualTo(first.json());
    }

    @Test
    void whatAManagerNoLongerWantsIsRemoved() {
        apply("a", "{'spec':{'size':2,'color':'red','parts':[{'name':'p'},{'name':'q'}]}}");
        apply("b", "{'spec':{'parts':[{'name':'p'},{'name':'z','n':3}]}}");

        var spec =
                apply("a", "{'spec':{'size':2,'parts':[{'name':'r'}]}}").json().path("spec");

        // p belongs to b as well; color and q belonged to a alone.
        assertThat(spec.path("parts").toString())
                .isEqualTo("[{\"name\":\"p\"},{\"name\":\"z\",\"n\":3},{\"name\":\"r\"}]");
        assertThat(spec.has("color")).isFalse();
    }

    @Test
    void othersFieldsAreNotTakenWithoutForce() {
        apply("a", "{'spec':{'size':2}}");

        var refused = apply("b", "{'spec':{'size':3}}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().path("message").asString())
                .isEqualTo("Apply failed with 1 conflict: conflict with \"a\": .spec.size");
        assertThat(refused.json().at("/details/causes/0/reason").asString()).isEqualTo("FieldManagerConflict");

        assertThat(apply("b", "{'spec':{'size':2}}").status()).isEqualTo(200);
        var forced = desk.patch(WEB + "?fieldManager=c&force=true", "apply-patch+yaml", widget("{'spec':{'size':4}}"));
        assertThat(forced.json().at("/spec/size").asInt()).isEqualTo(4);
        assertThat(managers(forced.json())).containsExactly("c/Apply");
    }

    @Test
    void otherWritesTakeWhatTheyChange() {
        apply("a", "{'spec':{'size':2,'color':'red'}}");

        var patched = desk.patch(WEB + "?fieldManager=scaler", "merge-patch+json", "{'spec':{'size':5}}");

        assertThat(managers(patched.json())).containsExactly("a/Apply", "scaler/Update");
        assertThat(apply("a", "{'spec':{'size':2,'color':'red'}}").status()).isEqualTo(409);
        var without = apply("a", "{'spec':{'color':'red'}}");
        assertThat(without.json().at("/spec/size").asInt()).isEqualTo(5);
    }

    @Test
    void objectsWithoutOwnersBelongToWhoeverWasBefore() {
        desk.post("/api/v1/namespaces/default/widgets", "{'metadata':{'name':'web'},'spec':{'color':'red'}}");
        desk.patch(WEB, "merge-patch+json", "{'metadata':{'managedFields':[{}]}}");
        assertThat(desk.get(WEB).json().path("metadata").has("managedFields")).isFalse();

        assertThat(apply("a", "{'spec':{'color':'blue'}}")
                        .json()
                        .path("message")
                        .asString())
                .isEqualTo("Apply failed with 1 conflict: conflict with \"before-first-apply\" using v1: .spec.color");
        assertThat(managers(apply("a", "{'spec':{'color':'red'}}").json()))
                .containsExactly("a/Apply", "before-first-apply/Update");
    }

    @Test
    void conflictsAreNamedByManagerAndAllAtOnce() {
        apply("a", "{'spec':{'size':2}}");
        desk.patch(WEB + "?fieldManager=u", "merge-patch+json", "{'spec':{'color':'red'}}");
        desk.patch(WEB + "/status?fieldManager=s", "merge-patch+json", "{'metadata':{'labels':{'l':'1'}}}");

        var refused = apply("b", "{'metadata':{'labels':{'l':'2'}},'spec':{'size':3,'color':'blue'}}");

        assertThat(refused.json().path("message").asString())
                .isEqualTo("Apply failed with 3 conflicts: conflicts with \"a\":\n- .spec.size\n"
                        + "conflicts with \"s\" with subresource \"status\" using v1:\n- .metadata.labels.l\n"
                        + "conflicts with \"u\" using v1:\n- .spec.color");
        assertThat(refused.json().at("/details/causes")).hasSize(3);
        assertThat(refused.json().path("reason").asString()).isEqualTo("Conflict");
    }

    @Test
    void anApplyIsRefusedForAnotherKindUnknownFieldsAndElementsThatStandTwice() {
        assertThat(desk.patch(WEB + "?fieldManager=a", "apply-patch+yaml", "{'kind':'Widget'}")
                        .json()
                        .path("message")
                        .asString())
                .isEqualTo("invalid object type: /, Kind=Widget");
        var unknown = apply("a", "{'metadata':{'name':'web','namespace':'default'},'spec':{'shape':1}}");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.json().path("reason").asString()).isEqualTo("BadRequest");
        assertThat(unknown.json().path("message").asString())
                .isEqualTo("failed to create typed patch object (default/web; /v1, Kind=Widget): .spec.shape: field not"
                        + " declared in schema");
        assertThat(apply("a", "{'spec':{'parts':[{'name':'p'},{'name':'p'}]}}")
                        .json()
                        .path("message")
                        .asString())
                .endsWith(".spec.parts: duplicate entries for key [name=\"p\"]");
        assertThat(apply("a", "{'spec':{'size':'two'}}").json().path("message").asString())
                .endsWith(".spec.size: expected numeric (int or float), got string");
        assertThat(desk.get(WEB).status()).isEqualTo(404);
    }

    @Test
    void anAppliedUidOrResourceVersionMustBeThatOfTheObject() {
        assertThat(apply("a", "{'metadata':{'uid':'x'}}").json().path("message").asString())
                .contains("uid mismatch: the provided object specified uid x, and no existing object was found");
        apply("a", "{'spec':{'size':2}}");

        assertThat(apply("a", "{'metadata':{'uid':'x'},'spec':{'size':2}}").status())
                .isEqualTo(409);
        assertThat(apply("a", "{'metadata':{'resourceVersion':'1'},'spec':{'size':2}}")
                        .status())
                .isEqualTo(409);
    }

    @Test
    void theStatusIsAppliedThroughItsOwnPathAndNeverThroughTheOther() {
        assertThat(desk.patch(WEB + "/status?fieldManager=s", "apply-patch+yaml", widget("{'status':{'size':1}}"))
                        .status())
                .isEqualTo(404);
        apply("a", "{'spec':{'size':2},'status':{'size':9}}");

        var status = desk.patch(
                WEB + "/status?fieldManager=a", "apply-patch+yaml", widget("{'spec':{'size':7},'status':{'size':1}}"));

        assertThat(status.json().at("/spec/size").asInt()).isEqualTo(2);
        assertThat(status.json().at("/status/size").asInt()).isEqualTo(1);
        var entries = status.json().at("/metadata/managedFields");
        assertThat(entries).hasSize(2);
        assertThat(entries.get(0).path("fieldsV1").toString()).isEqualTo("{\"f:spec\":{\"f:size\":{}}}");
        assertThat(entries.get(1).path("subresource").asString()).isEqualTo("status");
        assertThat(entries.get(1).path("fieldsV1").toString()).isEqualTo("{\"f:status\":{\"f:size\":{}}}");
    }

    @Test
    void theNumberIsAppliedThroughItsScaleAndOwnedInTheObject() {
        apply("a", "{'spec':{'size':2}}");
        String scale = "{'apiVersion':'autoscaling/v1','kind':'Scale','spec':{'replicas':5}}";

        var refused = desk.patch(WEB + "/scale?fieldManager=s", "apply-patch+yaml", scale);
        assertThat(refused.json().path("message").asString())
                .isEqualTo("Apply failed with 1 conflict: conflict with \"a\": .spec.replicas");
        var forced = desk.patch(WEB + "/scale?fieldManager=s&force=true", "apply-patch+yaml", scale);

        assertThat(forced.json().at("/spec/replicas").asInt()).isEqualTo(5);
        var entries = desk.get(WEB).json().at("/metadata/managedFields");
        assertThat(entries).hasSize(1);
        assertThat(entries.get(0).path("manager").asString()).isEqualTo("s");
        assertThat(entries.get(0).path("subresource").asString()).isEqualTo("scale");
        assertThat(entries.get(0).path("apiVersion").asString()).isEqualTo("v1");
        assertThat(entries.get(0).path("fieldsV1").toString()).isEqualTo("{\"f:spec\":{\"f:size\":{}}}");
    }

    @Test
    void kubectlTakesOverWhatItAppliedOnItsOwnSide() {
        String last = "{\\'apiVersion\\':\\'v1\\',\\'kind\\':\\'Widget\\',\\'spec\\':{\\'color\\':\\'red\\'}}"
                .replace("\\'", "\\\"");
        desk.post(
                "/api/v1/namespaces/default/widgets?fieldManager=kubectl-client-side-apply",
                "{'metadata':{'name':'web','annotations':{'kubectl.kubernetes.io/last-applied-configuration':'" + last
                        + "'}},'spec':{'color':'red'}}");

        var applied = apply("kubectl", "{'metadata':{'name':'web'},'spec':{'color':'blue'}}");

        assertThat(applied.status()).isEqualTo(200);
        assertThat(applied.json().at("/spec/color").asString()).isEqualTo("blue");
        assertThat(applied.json()
                        .path("metadata")
                        .path("annotations")
                        .path("kubectl.kubernetes.io/last-applied-configuration")
                        .asString())
                .isEqualTo("{\"apiVersion\":\"v1\",\"kind\":\"Widget\",\"metadata\":{\"name\":\"web\"},"
                        + "\"spec\":{\"color\":\"blue\"}}\n");
    }

    @Test
    void aNullRemovesAFieldAndIsOwned() {
        apply("a", "{'spec':{'size':2,'color':'red'}}");

        var applied = apply("a", "{'spec':{'size':2,'color':null}}");

        assertThat(applied.json().path("spec").has("color")).isFalse();
        assertThat(applied.json().at("/metadata/managedFields/0/fieldsV1").toString())
                .isEqualTo("{\"f:spec\":{\"f:color\":{},\"f:size\":{}}}");
    }

    @Test
    void anApplyMustSayByWhomAndNothingOfOwners() {
        assertThat(desk.patch(WEB, "apply-patch+yaml", "{}")
                        .json()
                        .path("message")
                        .asString())
                .isEqualTo("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for"
                        + " apply patch");
        assertThat(apply("a", "{'metadata':{'managedFields':[]}}").status()).isEqualTo(400);
    }

    private Desk.Answer apply(String manager, String body) {
        return desk.patch(WEB + "?fieldManager=" + manager, "apply-patch+yaml", widget(body));
    }

    private static String widget(String body) {
        return "{'apiVersion':'v1','kind':'Widget'," + body.substring(1);
    }

    private static java.util.List<String> managers(JsonNode object) {
        return object.at("/metadata/managedFields")
                .valueStream()
                .map(entry -> entry.path("manager").asString() + "/"
                        + entry.path("operation").asString())
                .toList();
    }
}
