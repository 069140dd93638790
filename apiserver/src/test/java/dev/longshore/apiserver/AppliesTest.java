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
                .isEqualTo("Apply failed with 1 conflict: conflict with \"a\" using v1: .spec.size");
        assertThat(refused.json().at("/details/causes/0/reason").asString()).isEqualTo("FieldManagerConflict");

        assertThat(apply("b", "{'spec':{'size':2}}").status()).isEqualTo(200);
        var forced = desk.patch(WEB + "?fieldManager=c&force=true", "apply-patch+yaml", "{'spec':{'size':4}}");
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
    void objectsFromBeforeBelongToNobodyInParticular() {
        desk.post("/api/v1/namespaces/default/widgets", "{'metadata':{'name':'web'},'spec':{'color':'red'}}");
        assertThat(desk.get(WEB).json().path("metadata").has("managedFields")).isFalse();

        assertThat(apply("a", "{'spec':{'color':'blue'}}")
                        .json()
                        .path("message")
                        .asString())
                .contains("conflict with \"before-first-apply\"");
        assertThat(managers(apply("a", "{'spec':{'color':'red'}}").json()))
                .containsExactly("before-first-apply/Update", "a/Apply");
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
        return desk.patch(WEB + "?fieldManager=" + manager, "apply-patch+yaml", body);
    }

    private static java.util.List<String> managers(JsonNode object) {
        return object.at("/metadata/managedFields")
                .valueStream()
                .map(entry -> entry.path("manager").asString() + "/"
                        + entry.path("operation").asString())
                .toList();
    }
}
