package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.http.Headers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ObjectsTest {

    private static final String WIDGETS = "/api/v1/namespaces/default/widgets";
    private static final String WEB =
            "{'apiVersion':'v1','kind':'Widget','metadata':{'name':'web'},'spec':{'color':'red'}}";

    private final Desk desk = new Desk();

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void aNewObjectGetsWhatTheServerOwns() {
        var answer = desk.post(WIDGETS, WEB);

        assertThat(answer.status()).isEqualTo(201);
        var metadata = answer.json().path("metadata");
        assertThat(metadata.path("namespace").asString()).isEqualTo("default");
        assertThat(metadata.path("uid").asString()).hasSize(36);
        assertThat(metadata.path("creationTimestamp").asString()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(metadata.path("generation").asInt()).isEqualTo(1);
        assertThat(metadata.path("resourceVersion").asString()).isEqualTo("2");
        assertThat(answer.json().at("/spec/size").asInt()).isEqualTo(1);
        assertThat(desk.get(WIDGETS + "/web").json()).isEqualTo(answer.json());
    }

    @Test
    void aNameIsTakenOnce() {
        desk.post(WIDGETS, WEB);

        var again = desk.post(WIDGETS, WEB);

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.json().path("reason").asString()).isEqualTo("AlreadyExists");
        assertThat(again.json().path("message").asString()).isEqualTo("widgets \"web\" already exists");
    }

    @Test
    void namesAreMadeUpOnRequest() {
        var answer = desk.post(WIDGETS, "{'metadata':{'generateName':'web-'}}");

        assertThat(answer.json().at("/metadata/name").asString()).matches("web-[a-z0-9]{5}");
    }

    @Test
    void whatIsWrongIsSaidFieldByField() {
        var answer = desk.post(WIDGETS, "{'metadata':{'name':'Bad'},'spec':{'size':101}}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("message").asString())
                .startsWith("Widget \"Bad\" is invalid: [metadata.name: Invalid value: \"Bad\": ")
                .endsWith("spec.size: Invalid value: 101: must be at most 100]");
        assertThat(answer.json().at("/details/causes")).hasSize(2);
    }

    @Test
    void unknownFieldsAreWarnedOfOrRefused() {
        String body = "{'metadata':{'name':'a'},'spec':{'foo':1}}";

        assertThat(desk.post(WIDGETS + "?fieldValidation=Strict", body)
                        .json()
                        .path("message")
                        .asString())
                .isEqualTo(
                        "Widget in version \"v1\" cannot be handled as a Widget: strict decoding error: unknown field"
                                + " \"spec.foo\"");
        var warned = desk.post(WIDGETS, body);
        assertThat(warned.headers().all("Warning")).containsExactly("299 - \"unknown field \\\"spec.foo\\\"\"");
        assertThat(warned.json().path("spec").has("foo")).isFalse();
        assertThat(desk.post(
                                WIDGETS + "?fieldValidation=Strict",
                                "{'metadata':{'name':'b'},'spec':{'size':1,'size':2}}")
                        .json()
                        .path("message")
                        .asString())
                .endsWith("strict decoding error: duplicate field \"spec.size\"");
    }

    @Test
    void keysThatStandTwiceInYamlAreToldByTheirLines() {
        var yaml = Headers.of("Content-Type", "application/yaml");
        String body = "metadata: {name: a}\nspec:\n  size: 1\n  foo: 1\n  size: 2\n";

        var refused = desk.send("POST", WIDGETS + "?fieldValidation=Strict", yaml, body);
        var warned = desk.send("POST", WIDGETS, yaml, body);
        var applied = desk.send(
                "PATCH",
                WIDGETS + "/b?fieldManager=me&fieldValidation=Strict",
                Headers.of("Content-Type", "application/apply-patch+yaml"),
                "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: b}\nspec:\n  size: 1\n  size: 2\n");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("message").asString())
                .endsWith("strict decoding error: yaml: unmarshal errors:\n  line 5: key \"size\" already set in map,"
                        + " unknown field \"spec.foo\"");
        assertThat(warned.headers().all("Warning"))
                .containsExactly(
                        "299 - \"line 5: key \\\"size\\\" already set in map\"",
                        "299 - \"unknown field \\\"spec.foo\\\"\"");
        assertThat(applied.json().path("message").asString())
                .isEqualTo("error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n"
                        + "  line 6: key \"size\" already set in map");
    }

    @Test
    void bodiesMayBeYaml() {
        var answer = desk.send(
                "POST",
                WIDGETS,
                Headers.of("Content-Type", "application/yaml", "Accept", "application/yaml"),
                "apiVersion: v1\nkind: Widget\nmetadata:\n  name: web\nspec:\n  size: 3\n");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.text()).contains("size: 3");
    }

    @Test
    void otherFormatsAreReadByTheirCodec() {
        var answer = desk.send("POST", WIDGETS, Headers.of("Content-Type", "application/shouting"), "WEB");

        assertThat(answer.json().at("/metadata/name").asString()).isEqualTo("web");
    }

    @Test
    void bodiesThatCannotBeReadAreRefused() {
        assertThat(desk.post(WIDGETS, "{").status()).isEqualTo(400);
        assertThat(desk.post(WIDGETS, "{'kind':'Other','apiVersion':'v1'}").status())
                .isEqualTo(400);
        assertThat(desk.post(WIDGETS, "{'metadata':{'name':'x'},'spec':{'size':'big'}}")
                        .json()
                        .path("message")
                        .asString())
                .contains("json: cannot unmarshal string into Go struct field");
        assertThat(desk.send("POST", WIDGETS, Headers.of("Content-Type", "text/csv"), "a")
                        .status())
                .isEqualTo(415);
        assertThat(desk.post(WIDGETS, "'" + "x".repeat(Bodies.LIMIT) + "'").status())
                .isEqualTo(413);
        assertThat(desk.get(WIDGETS, "Accept", "text/csv").status()).isEqualTo(406);
    }

    @Test
    void aDryRunKeepsNothing() {
        assertThat(desk.post(WIDGETS + "?dryRun=All", WEB).status()).isEqualTo(201);

        assertThat(desk.get(WIDGETS + "/web").status()).isEqualTo(404);
    }

    @Test
    void anUpdateMustKnowTheNewestVersion() {
        var first = desk.post(WIDGETS, WEB).text();
        var second = desk.put(WIDGETS + "/web", first.replace("red", "blue"));

        assertThat(second.status()).isEqualTo(200);
        assertThat(second.json().at("/metadata/generation").asInt()).isEqualTo(2);
        var late = desk.put(WIDGETS + "/web", first.replace("red", "green"));
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.json().path("message").asString())
                .isEqualTo(
                        "Operation cannot be fulfilled on widgets \"web\": the object has been modified; please apply"
                                + " your changes to the latest version and try again");
    }

    @Test
    void anUpdateThatChangesNothingWritesNothing() {
        var first = desk.post(WIDGETS, WEB);

        var same = desk.put(WIDGETS + "/web", first.text());

        assertThat(same.json()).isEqualTo(first.json());
        assertThat(desk.store.revision()).isEqualTo(2);
    }

    @Test
    void statusAndSpecAreWrittenApart() {
        desk.post(WIDGETS, WEB);
        desk.put(WIDGETS + "/web/status", "{'metadata':{'name':'web'},'spec':{'color':'x'},'status':{'size':7}}");
        desk.put(WIDGETS + "/web", "{'metadata':{'name':'web'},'spec':{'color':'blue'},'status':{'size':9}}");

        var widget = desk.get(WIDGETS + "/web").json();

        assertThat(widget.at("/spec/color").asString()).isEqualTo("blue");
        assertThat(widget.at("/status/size").asInt()).isEqualTo(7);
        assertThat(widget.at("/metadata/generation").asInt()).isEqualTo(2);
    }

    @Test
    void patchesOfEveryKindAreApplied() {
        desk.post(WIDGETS, "{'metadata':{'name':'web'},'spec':{'parts':[{'name':'a','n':1}]}}");

        desk.patch(WIDGETS + "/web", "json-patch+json", "[{'op':'replace','path':'/spec/size','value':5}]");
        desk.patch(WIDGETS + "/web", "merge-patch+json", "{'spec':{'color':'blue'}}");
        var last = desk.patch(
                WIDGETS + "/web",
                "strategic-merge-patch+json",
                "{'spec':{'parts':[{'name':'b','n':2},{'name':'a','n':3}]}}");

        assertThat(last.json().path("spec").toString())
                .isEqualTo(
                        "{\"parts\":[{\"name\":\"b\",\"n\":2},{\"name\":\"a\",\"n\":3}],\"size\":5,\"color\":\"blue\"}");
        assertThat(desk.patch(WIDGETS + "/web", "json-patch+json", "[{'op':'remove','path':'/none'}]")
                        .status())
                .isEqualTo(422);
        assertThat(desk.patch("/apis/example.com/v1/gadgets/g", "strategic-merge-patch+json", "{}")
                        .status())
                .isEqualTo(415);
    }

    @Test
    void deletionIsAtOnceWhenNothingKeepsTheObject() {
        var uid = desk.post(WIDGETS, WEB).json().at("/metadata/uid").asString();

        var answer = desk.delete(WIDGETS + "/web", "");

        assertThat(answer.json().path("status").asString()).isEqualTo("Success");
        assertThat(answer.json().at("/details/uid").asString()).isEqualTo(uid);
        assertThat(desk.get(WIDGETS + "/web").status()).isEqualTo(404);
    }

    @Test
    void finalizersKeepADyingObjectUntilTheyAreGone() {
        desk.post(WIDGETS, "{'metadata':{'name':'web','finalizers':['example.com/wait']}}");

        var dying = desk.delete(WIDGETS + "/web", "");
        assertThat(dying.json().at("/metadata/deletionTimestamp").asString()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(desk.get(WIDGETS + "/web").status()).isEqualTo(200);

        desk.patch(WIDGETS + "/web", "merge-patch+json", "{'metadata':{'finalizers':null}}");
        assertThat(desk.get(WIDGETS + "/web").status()).isEqualTo(404);
    }

    @Test
    void propagationBecomesAFinalizer() {
        desk.post(WIDGETS, WEB);

        var dying = desk.delete(WIDGETS + "/web", "{'propagationPolicy':'Foreground'}");

        assertThat(dying.json().at("/metadata/finalizers/0").asString()).isEqualTo("foregroundDeletion");
    }

    @Test
    void aGracePeriodCanOnlyBeCutShort() {
        desk.post(WIDGETS, "{'metadata':{'name':'web'},'spec':{'color':'slow'}}");

        var dying = desk.delete(WIDGETS + "/web", "");
        assertThat(dying.json().at("/metadata/deletionGracePeriodSeconds").asInt())
                .isEqualTo(30);
        assertThat(dying.json().at("/metadata/deletionTimestamp").asString()).isEqualTo("2026-01-01T00:00:30Z");
        desk.time.advance(Duration.ofSeconds(1));
        assertThat(desk.delete(WIDGETS + "/web?gracePeriodSeconds=60", "")
                        .json()
                        .path("metadata"))
                .isEqualTo(dying.json().path("metadata"));

        desk.delete(WIDGETS + "/web", "{'gracePeriodSeconds':0}");
        assertThat(desk.get(WIDGETS + "/web").status()).isEqualTo(404);
    }

    @Test
    void aKindMayKeepItsDyingObjects() {
        desk.post(WIDGETS, "{'metadata':{'name':'web'},'spec':{'color':'kept'}}");

        var dying = desk.delete(WIDGETS + "/web", "");
        assertThat(dying.json().at("/status/phase").asString()).isEqualTo("Dying");

        desk.patch(WIDGETS + "/web", "merge-patch+json", "{'spec':{'color':'free'}}");
        assertThat(desk.get(WIDGETS + "/web").status()).isEqualTo(404);
    }

    @Test
    void preconditionsGuardADeletion() {
        desk.post(WIDGETS, WEB);

        assertThat(desk.delete(WIDGETS + "/web", "{'preconditions':{'uid':'other'}}")
                        .status())
                .isEqualTo(409);
        assertThat(desk.delete(WIDGETS + "/web", "{'preconditions':{'resourceVersion':'1'}}")
                        .status())
                .isEqualTo(409);
    }

    @Test
    void aWholeCollectionCanBeDeleted() {
        desk.post(WIDGETS, WEB);
        desk.post(WIDGETS, "{'metadata':{'name':'b','labels':{'keep':'yes'}}}");

        desk.delete(WIDGETS + "?labelSelector=!keep", "");

        assertThat(desk.get(WIDGETS).json().path("items")).hasSize(1);
    }

    @Test
    void emptyListsAndMapsOfMetadataAreLeftOut() {
        desk.post(WIDGETS, "{'metadata':{'name':'web','labels':{},'annotations':{'a':'b'},'finalizers':[]}}");
        desk.patch(WIDGETS + "/web", "merge-patch+json", "{'metadata':{'annotations':{'a':null}}}");

        var metadata = desk.get(WIDGETS + "/web").json().path("metadata");

        assertThat(metadata.propertyNames()).doesNotContain("labels", "annotations", "finalizers");
    }

    @Test
    void aScaleChangesTheNumberAlone() {
        desk.post(WIDGETS, "{'metadata':{'name':'web'},'spec':{'size':1,'selector':{'matchLabels':{'a':'b'}}}}");

        var scale = desk.get(WIDGETS + "/web/scale").json();
        assertThat(scale.path("kind").asString()).isEqualTo("Scale");
        assertThat(scale.at("/status/selector").asString()).isEqualTo("a=b");

        assertThat(desk.patch(WIDGETS + "/web/scale", "merge-patch+json", "{'spec':{'replicas':4}}")
                        .status())
                .isEqualTo(200);
        assertThat(desk.get(WIDGETS + "/web").json().at("/spec/size").asInt()).isEqualTo(4);
        assertThat(desk.patch(WIDGETS + "/web/scale", "merge-patch+json", "{'spec':{'replicas':-1}}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void actionsAndConversationsAreLedOn() {
        desk.post(WIDGETS, WEB);

        assertThat(desk.post(WIDGETS + "/web/poke", "{'metadata':{'name':'me'}}")
                        .json()
                        .at("/status/poked")
                        .asString())
                .isEqualTo("me");
        assertThat(desk.get(WIDGETS + "/web/talk/a%2Fb/?x=1")
                        .json()
                        .path("message")
                        .asString())
                .isEqualTo("Upgrade request required");
        var talk = desk.get(
                WIDGETS + "/web/talk/a%2Fb/?x=1",
                "Authorization",
                "Bearer good",
                "Cookie",
                "session=1",
                "Connection",
                "Upgrade",
                "Upgrade",
                "SPDY/3.1");
        assertThat(talk.text()).isEqualTo("node:10250/talk/web/a%2Fb/");
        assertThat(desk.dialed.getFirst().headers().first("Authorization")).isEmpty();
        assertThat(desk.dialed.getFirst().headers().first("Cookie"))
                .as("whoever is behind may know the client by it")
                .contains("session=1");
    }

    @Test
    void versionsOfAKindAreTheSameObject() {
        desk.put("/apis/example.com/v2/gadgets/g", "{'metadata':{'name':'g'},'spec':{'new':1}}");

        assertThat(desk.get("/apis/example.com/v1/gadgets/g")
                        .json()
                        .path("spec")
                        .toString())
                .isEqualTo("{\"old\":1}");
        var second = desk.get("/apis/example.com/v2/gadgets").json();
        assertThat(second.at("/items/0/spec").toString()).isEqualTo("{\"new\":1}");
        assertThat(second.at("/items/0/apiVersion").asString()).isEqualTo("example.com/v2");
    }

    @Test
    void whatIsNotStoredAnswersAtOnce() {
        var answer = desk.post("/apis/example.com/v1/echoes", "{}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().at("/status/user").asString()).isEqualTo("admin");
        assertThat(desk.get("/apis/example.com/v1/echoes").status()).isEqualTo(405);
    }

    @Test
    void warningsOfTheKindReachTheClient() {
        var answer = desk.post(WIDGETS, "{'metadata':{'name':'m'},'spec':{'color':'mauve'}}");

        assertThat(answer.headers().first("Warning")).contains("299 - \"mauve is \\\"out\\\"\"");
    }
}
