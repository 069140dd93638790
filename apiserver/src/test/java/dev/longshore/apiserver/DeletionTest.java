package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.http.Headers;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class DeletionTest {

    private static final String WIDGETS = "/api/v1/namespaces/ns/widgets";
    private static final String WEB = WIDGETS + "/web";

    private final Desk desk = new Desk();

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void whatNothingKeepsIsGoneAtOnceAndTheAnswerIsAStatus() {
        String uid =
                create("{'metadata':{'name':'web'}}").json().at("/metadata/uid").asString();

        var answer = desk.delete(WEB, "");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("kind").asString()).isEqualTo("Status");
        assertThat(answer.json().path("status").asString()).isEqualTo("Success");
        assertThat(answer.json().at("/details/name").asString()).isEqualTo("web");
        assertThat(answer.json().at("/details/kind").asString()).isEqualTo("widgets");
        assertThat(answer.json().at("/details/uid").asString()).isEqualTo(uid);
        assertThat(desk.get(WEB).status()).isEqualTo(404);
    }

    @Test
    void finalizersKeepItAndTheLastOneTakenOffDeletesIt() {
        create("{'metadata':{'name':'web','finalizers':['a.io/x','a.io/y']}}");

        var dying = desk.delete(WEB, "").json();
        assertThat(dying.path("kind").asString()).isEqualTo("Widget");
        assertThat(dying.at("/metadata/deletionTimestamp").asString()).isNotEmpty();
        assertThat(dying.at("/metadata/deletionGracePeriodSeconds").asInt(-1)).isZero();
        assertThat(dying.at("/metadata/generation").asInt()).isEqualTo(2);

        var again = desk.delete(WEB, "").json();
        assertThat(again.path("metadata")).isEqualTo(dying.path("metadata"));

        desk.patch(WEB, "merge-patch+json", "{'metadata':{'finalizers':['a.io/y']}}");
        assertThat(desk.get(WEB).status()).isEqualTo(200);
        assertThat(desk.patch(WEB, "merge-patch+json", "{'metadata':{'finalizers':null}}")
                        .status())
                .isEqualTo(200);
        assertThat(desk.get(WEB).status()).isEqualTo(404);
    }

    @Test
    void aDyingObjectGetsNoNewFinalizers() {
        create("{'metadata':{'name':'web','finalizers':['a.io/x']}}");
        desk.delete(WEB, "");

        var refused = desk.patch(WEB, "merge-patch+json", "{'metadata':{'finalizers':['a.io/x','b.io/new']}}");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().path("message").asString())
                .isEqualTo("Widget \"web\" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added"
                        + " if the object is being deleted, found new finalizers []string{\"b.io/new\"}");
    }

    @Test
    void aGracePeriodIsCutShortFromWhenItBegan() {
        create("{'metadata':{'name':'web'},'spec':{'color':'slow'}}");
        var first = desk.delete(WEB, "{'gracePeriodSeconds':60}").json();
        desk.time.advance(Duration.ofSeconds(7));

        var longer = desk.delete(WEB, "{'gracePeriodSeconds':90}").json();
        assertThat(longer.path("metadata")).isEqualTo(first.path("metadata"));
        var unsaid = desk.delete(WEB, "").json();
        assertThat(unsaid.path("metadata")).isEqualTo(first.path("metadata"));
        var shorter = desk.delete(WEB, "{'gracePeriodSeconds':20}").json();

        assertThat(shorter.at("/metadata/deletionGracePeriodSeconds").asInt()).isEqualTo(20);
        assertThat(time(shorter)).isEqualTo(time(first).minusSeconds(40));
        assertThat(shorter.at("/metadata/generation").asInt())
                .isEqualTo(first.at("/metadata/generation").asInt());
        assertThat(desk.delete(WEB, "{'gracePeriodSeconds':0}").status()).isEqualTo(200);
        assertThat(desk.get(WEB).status()).isEqualTo(404);
    }

    @Test
    void aGraceOfZeroMarksBeforeItRemoves() {
        create("{'metadata':{'name':'web'},'spec':{'color':'slow'}}");
        long before = revision();

        var answer = desk.delete(WEB, "{'gracePeriodSeconds':0}").json();

        assertThat(answer.at("/metadata/deletionGracePeriodSeconds").asInt(-1)).isZero();
        assertThat(answer.at("/metadata/generation").asInt()).isEqualTo(2);
        assertThat(revision() - before)
                .as("one change that marks, one that removes")
                .isEqualTo(2);
        assertThat(desk.get(WEB).status()).isEqualTo(404);
    }

    @Test
    void aNegativeGraceIsASecond() {
        create("{'metadata':{'name':'web'},'spec':{'color':'slow'}}");

        assertThat(desk.delete(WEB, "{'gracePeriodSeconds':-5}")
                        .json()
                        .at("/metadata/deletionGracePeriodSeconds")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void preconditionsNameWhatDiffers() {
        var created = create("{'metadata':{'name':'web'}}").json().path("metadata");

        var uid = desk.delete(WEB, "{'preconditions':{'uid':'other'}}");
        assertThat(uid.status()).isEqualTo(409);
        assertThat(uid.json().path("message").asString())
                .isEqualTo("Operation cannot be fulfilled on Widget \"web\": the UID in the precondition (other) does"
                        + " not match the UID in record (" + created.path("uid").asString()
                        + "). The object might have been deleted and then recreated");
        var version = desk.delete(WEB, "{'preconditions':{'resourceVersion':'1'}}");
        assertThat(version.status()).isEqualTo(409);
        assertThat(version.json().path("message").asString())
                .isEqualTo("Operation cannot be fulfilled on Widget \"web\": the ResourceVersion in the precondition"
                        + " (1) does not match the ResourceVersion in record ("
                        + created.path("resourceVersion").asString() + "). The object might have been modified");
        assertThat(desk.get(WEB).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "Orphan, orphan",
        "Foreground, foregroundDeletion",
    })
    void whatBecomesOfDependentsIsKeptAsAFinalizer(String policy, String finalizer) {
        create("{'metadata':{'name':'web'}}");

        var dying = desk.delete(WEB, "{'propagationPolicy':'" + policy + "'}").json();

        assertThat(dying.at("/metadata/finalizers/0").asString()).isEqualTo(finalizer);
        assertThat(dying.at("/metadata/deletionTimestamp").asString()).isNotEmpty();
    }

    @Test
    void aLaterPolicyReplacesAnEarlierOne() {
        create("{'metadata':{'name':'web'}}");
        desk.delete(WEB, "{'propagationPolicy':'Foreground'}");

        assertThat(desk.delete(WEB, "").json().at("/metadata/finalizers/0").asString())
                .isEqualTo("foregroundDeletion");
        var orphaned = desk.delete(WEB, "{'orphanDependents':true}").json();
        assertThat(orphaned.at("/metadata/finalizers").toString()).isEqualTo("[\"orphan\"]");
        assertThat(desk.delete(WEB, "{'propagationPolicy':'Background'}").status())
                .isEqualTo(200);
        assertThat(desk.get(WEB).status()).isEqualTo(404);
    }

    @Test
    void theOldWayToCascadeIsAcceptedWhileSomethingKeepsIt() {
        create("{'metadata':{'name':'web','finalizers':['a.io/x']}}");

        assertThat(desk.delete(WEB, "{'orphanDependents':false}").status()).isEqualTo(202);
    }

    @Test
    void optionsThatContradictEachOtherAreRefusedAllAtOnce() {
        create("{'metadata':{'name':'web'}}");

        var refused = desk.delete(WEB, "{'propagationPolicy':'Sideways','orphanDependents':true,'dryRun':['Some']}");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().path("message").asString())
                .isEqualTo("DeleteOptions.meta.k8s.io \"\" is invalid: [propagationPolicy: Invalid value:"
                        + " \"Sideways\": orphanDependents and deletionPropagation cannot be both set,"
                        + " propagationPolicy: Unsupported value: \"Sideways\": supported values: \"Foreground\","
                        + " \"Background\", \"Orphan\", \"nil\", dryRun: Unsupported value: [\"Some\"]: supported"
                        + " values: \"All\"]");
        assertThat(desk.get(WEB).status()).isEqualTo(200);
    }

    @Test
    void optionsStandInTheBodyOrElseInTheQuery() {
        create("{'metadata':{'name':'web'}}");

        assertThat(desk.delete(WEB + "?dryRun=All", "").status()).isEqualTo(200);
        assertThat(desk.get(WEB).status()).isEqualTo(200);
        assertThat(desk.delete(WEB + "?propagationPolicy=Orphan", "{'dryRun':['All']}")
                        .json()
                        .path("kind")
                        .asString())
                .isEqualTo("Status");
        assertThat(desk.get(WEB).status()).isEqualTo(200);
        var orphaned = desk.delete(WEB + "?propagationPolicy=Orphan", "").json();
        assertThat(orphaned.at("/metadata/finalizers/0").asString()).isEqualTo("orphan");
    }

    @Test
    void optionsMayBeYaml() {
        create("{'metadata':{'name':'web'}}");

        var answer = desk.send(
                "DELETE",
                WEB,
                Headers.of("Content-Type", "application/yaml"),
                "apiVersion: v1\nkind: DeleteOptions\npropagationPolicy: Foreground\n");

        assertThat(answer.json().at("/metadata/finalizers/0").asString()).isEqualTo("foregroundDeletion");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'kind':'Widget'}", "{'kind':'DeleteOptions','apiVersion':'example.com/v9'}", "[1]", "{"})
    void aBodyThatIsNoDeleteOptionsIsRefused(String body) {
        create("{'metadata':{'name':'web'}}");

        assertThat(desk.delete(WEB, body).status()).isEqualTo(400);
        assertThat(desk.get(WEB).status()).isEqualTo(200);
    }

    @Test
    void aCollectionIsAnsweredAsItWasBefore() {
        create("{'metadata':{'name':'a','labels':{'go':'yes'}}}");
        create("{'metadata':{'name':'b','labels':{'go':'yes'},'finalizers':['a.io/x']}}");
        create("{'metadata':{'name':'c'}}");

        var answer = desk.delete(WIDGETS + "?labelSelector=go", "").json();

        assertThat(answer.path("kind").asString()).isEqualTo("WidgetList");
        assertThat(answer.path("items")).hasSize(2);
        assertThat(answer.at("/items/1/metadata/deletionTimestamp").isMissingNode())
                .isTrue();
        assertThat(desk.get(WIDGETS + "/a").status()).isEqualTo(404);
        assertThat(desk.get(WIDGETS + "/b")
                        .json()
                        .at("/metadata/deletionTimestamp")
                        .asString())
                .isNotEmpty();
        assertThat(desk.get(WIDGETS + "/c").status()).isEqualTo(200);
    }

    @Test
    void aLimitDeletesSoManyAndSaysWhereItGoesOn() {
        for (String name : "a b c".split(" ")) {
            create("{'metadata':{'name':'" + name + "'}}");
        }

        var answer = desk.delete(WIDGETS + "?limit=2", "").json();

        assertThat(answer.path("items")).hasSize(2);
        assertThat(answer.at("/metadata/continue").asString()).isNotEmpty();
        assertThat(desk.get(WIDGETS).json().path("items")).hasSize(1);
    }

    @Test
    void aCollectionsDryRunDeletesNothing() {
        create("{'metadata':{'name':'a'}}");

        assertThat(desk.delete(WIDGETS, "{'dryRun':['All']}").json().path("items"))
                .hasSize(1);
        assertThat(desk.get(WIDGETS).json().path("items")).hasSize(1);
    }

    @Test
    void whatIsNotThereIsNotFound() {
        var answer = desk.delete(WEB, "");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().path("message").asString()).isEqualTo("widgets \"web\" not found");
    }

    private long revision() {
        return Long.parseLong(
                desk.get(WIDGETS).json().at("/metadata/resourceVersion").asString());
    }

    private Desk.Answer create(String body) {
        var answer = desk.post(WIDGETS, body);
        assertThat(answer.status()).isEqualTo(201);
        return answer;
    }

    private static Instant time(JsonNode object) {
        return Instant.parse(object.at("/metadata/deletionTimestamp").asString());
    }
}
