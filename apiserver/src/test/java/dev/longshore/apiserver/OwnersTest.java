package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.http.Headers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OwnersTest {

    private static final String WIDGETS = "/api/v1/namespaces/default/widgets";
    private static final String WEB = WIDGETS + "/web";

    private final Desk desk = new Desk();

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void whoCreatesOwnsWhatWasSentAndTheDefaults() {
        var created = create("{'metadata':{'name':'web','labels':{'a':'1'}},'spec':{'color':'red'},'status':{'x':1}}");

        JsonNode entry = created.at("/metadata/managedFields/0");
        assertThat(entry.path("manager").asString()).isEqualTo("maker");
        assertThat(entry.path("operation").asString()).isEqualTo("Update");
        assertThat(entry.path("apiVersion").asString()).isEqualTo("v1");
        assertThat(entry.path("fieldsType").asString()).isEqualTo("FieldsV1");
        assertThat(entry.path("time").asString())
                .isEqualTo(created.at("/metadata/creationTimestamp").asString());
        assertThat(entry.path("fieldsV1").toString())
                .isEqualTo("{\"f:metadata\":{\"f:labels\":{\".\":{},\"f:a\":{}}},"
                        + "\"f:spec\":{\"f:color\":{},\"f:size\":{}}}");
    }

    @Test
    void theManagerIsTheProgramUnlessTheRequestNamesOne() {
        desk.send(
                "POST",
                WIDGETS,
                Headers.of("Content-Type", "application/json", "User-Agent", "kubectl-create/v1.33 (linux)"),
                "{'metadata':{'name':'web'},'spec':{'color':'red'}}");
        assertThat(managers()).containsExactly("kubectl-create/Update");

        desk.patch(WEB, "merge-patch+json", "{'spec':{'color':'blue'}}");
        assertThat(managers()).containsExactly("kubectl-create/Update", "unknown/Update");
    }

    @Test
    void aWriteThatChangesNothingStoresNothing() {
        create("{'metadata':{'name':'web'},'spec':{'color':'red'}}");
        JsonNode before = desk.get(WEB).json();
        desk.time.advance(Duration.ofSeconds(10));

        desk.patch(WEB + "?fieldManager=other", "merge-patch+json", "{'spec':{'color':'red'}}");
        desk.put(WEB + "?fieldManager=maker", before.toString());

        assertThat(desk.get(WEB).json()).isEqualTo(before);
    }

    @Test
    void timesMoveOnlyForWhoChangesSomething() {
        create("{'metadata':{'name':'web'},'spec':{'color':'red'}}");
        String first = entries().get(0).path("time").asString();
        desk.time.advance(Duration.ofSeconds(10));

        desk.patch(WEB + "?fieldManager=painter", "merge-patch+json", "{'spec':{'color':'blue'}}");

        assertThat(entries().get(0).path("time").asString()).isEqualTo(first);
        assertThat(entries().get(0).path("fieldsV1").toString()).isEqualTo("{\"f:spec\":{\"f:size\":{}}}");
        assertThat(entries().get(1).path("time").asString()).isGreaterThan(first);
        assertThat(entries().get(1).path("fieldsV1").toString()).isEqualTo("{\"f:spec\":{\"f:color\":{}}}");
    }

    @Test
    void whatIsRemovedBelongsToNobody() {
        create("{'metadata':{'name':'web'},'spec':{'color':'red','parts':[{'name':'p','n':1},{'name':'q'}]}}");

        desk.patch(WEB + "?fieldManager=b", "json-patch+json", "[{'op':'remove','path':'/spec/parts/0'}]");

        assertThat(managers()).containsExactly("maker/Update");
        assertThat(entries().get(0).at("/fieldsV1/f:spec/f:parts").toString())
                .isEqualTo("{\".\":{},\"k:{\\\"name\\\":\\\"q\\\"}\":{\".\":{},\"f:name\":{}}}");
    }

    @Test
    void theStatusBelongsToWhoWritesItAndTheRestOfItsBodyToNobody() {
        create("{'metadata':{'name':'web'},'spec':{'color':'red'}}");

        desk.patch(
                WEB + "/status?fieldManager=keeper", "merge-patch+json", "{'spec':{'color':'x'},'status':{'size':3}}");
        desk.patch(WEB + "?fieldManager=cheat", "merge-patch+json", "{'status':{'size':4}}");

        assertThat(managers()).containsExactly("keeper/Update", "maker/Update");
        assertThat(entries().get(0).path("subresource").asString()).isEqualTo("status");
        assertThat(entries().get(0).path("fieldsV1").toString()).isEqualTo("{\"f:status\":{\"f:size\":{}}}");
    }

    @Test
    void scalingTakesTheNumberFromItsOwner() {
        create("{'metadata':{'name':'web'},'spec':{'size':2,'color':'red'}}");

        desk.patch(WEB + "/scale?fieldManager=scaler", "merge-patch+json", "{'spec':{'replicas':3}}");

        assertThat(desk.get(WEB).json().at("/spec/size").asInt()).isEqualTo(3);
        assertThat(managers()).containsExactly("scaler/Update", "maker/Update");
        JsonNode scaler = entries().get(0);
        assertThat(scaler.path("subresource").asString()).isEqualTo("scale");
        assertThat(scaler.path("apiVersion").asString()).isEqualTo("v1");
        assertThat(scaler.path("fieldsV1").toString()).isEqualTo("{\"f:spec\":{\"f:size\":{}}}");
        assertThat(entries().get(1).path("fieldsV1").toString()).isEqualTo("{\"f:spec\":{\"f:color\":{}}}");
    }

    @Test
    void anEmptyListForgetsAllOwnersAndNonsenseIsIgnored() {
        create("{'metadata':{'name':'web'},'spec':{'color':'red'}}");
        desk.patch(
                WEB + "?fieldManager=b",
                "merge-patch+json",
                "{'metadata':{'managedFields':[{'manager':'m','operation':'Grab','apiVersion':'v1'}]}}");
        assertThat(managers()).containsExactly("maker/Update");

        desk.patch(WEB + "?fieldManager=b", "merge-patch+json", "{'metadata':{'managedFields':[]}}");
        assertThat(desk.get(WEB).json().path("metadata").has("managedFields")).isFalse();

        desk.patch(WEB + "?fieldManager=b", "merge-patch+json", "{'spec':{'color':'blue'}}");
        assertThat(desk.get(WEB).json().path("metadata").has("managedFields")).isFalse();
    }

    @Test
    void ownersCanBeRewritten() {
        create("{'metadata':{'name':'web'},'spec':{'color':'red'}}");

        desk.patch(
                WEB,
                "json-patch+json",
                "[{'op':'replace','path':'/metadata/managedFields/0/manager','value':'x'},"
                        + "{'op':'replace','path':'/metadata/managedFields/0/operation','value':'Apply'}]");

        assertThat(managers()).containsExactly("x/Apply");
    }

    @Test
    void moreThanTenUpdatersBecomeAncientChanges() {
        create("{'metadata':{'name':'web'},'spec':{'color':'red'}}");
        for (int i = 0; i < 14; i++) {
            desk.time.advance(Duration.ofSeconds(1));
            desk.patch(WEB + "?fieldManager=m" + i, "merge-patch+json", "{'metadata':{'labels':{'l" + i + "':'x'}}}");
        }

        assertThat(managers()).hasSize(10);
        assertThat(managers().getFirst()).isEqualTo("ancient-changes/Update");
        assertThat(managers()).contains("m13/Update", "m5/Update").doesNotContain("m4/Update", "maker/Update");
    }

    @Test
    void aChangeInOneVersionIsSeenInTheOthers() {
        desk.send(
                "POST",
                "/apis/example.com/v1/gadgets?fieldManager=one",
                Headers.of("Content-Type", "application/json"),
                "{'apiVersion':'example.com/v1','kind':'Gadget','metadata':{'name':'g'},'spec':{'old':1,'x':1}}");

        desk.patch("/apis/example.com/v2/gadgets/g?fieldManager=two", "merge-patch+json", "{'spec':{'new':2}}");

        var entries = desk.get("/apis/example.com/v2/gadgets/g").json().at("/metadata/managedFields");
        assertThat(entries).hasSize(2);
        assertThat(entries.get(0).path("apiVersion").asString()).isEqualTo("example.com/v1");
        assertThat(entries.get(0).path("fieldsV1").toString()).isEqualTo("{\"f:spec\":{\"f:x\":{}}}");
        assertThat(entries.get(1).path("apiVersion").asString()).isEqualTo("example.com/v2");
        assertThat(entries.get(1).path("fieldsV1").toString()).isEqualTo("{\"f:spec\":{\"f:new\":{}}}");
    }

    @Test
    void aManagersNameIsShortAndPrintable() {
        var tooLong = desk.post(WIDGETS + "?fieldManager=" + "x".repeat(129), "{'metadata':{'name':'web'}}");
        assertThat(tooLong.status()).isEqualTo(422);
        assertThat(tooLong.json().path("message").asString())
                .isEqualTo("CreateOptions.meta.k8s.io \"\" is invalid: fieldManager: Too long: may not be more than 128"
                        + " bytes");
        var unprintable = desk.patch(WEB + "?fieldManager=a%07&force=true&dryRun=Some", "merge-patch+json", "{}");
        assertThat(unprintable.json().path("message").asString())
                .isEqualTo("PatchOptions.meta.k8s.io \"\" is invalid: [force: Forbidden: may not be specified for"
                        + " non-apply patch, fieldManager: Invalid value: \"a\\u0007\": invalid character U+0007 (at"
                        + " position 1), dryRun: Unsupported value: [\"Some\"]: supported values: \"All\"]");
    }

    private JsonNode create(String body) {
        return desk.post(WIDGETS + "?fieldManager=maker", body).json();
    }

    private JsonNode entries() {
        return desk.get(WEB).json().at("/metadata/managedFields");
    }

    private List<String> managers() {
        return entries()
                .valueStream()
                .map(entry -> entry.path("manager").asString() + "/"
                        + entry.path("operation").asString())
                .toList();
    }
}
