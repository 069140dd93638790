package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.http.Headers;
import dev.longshore.model.Admission;
import dev.longshore.model.AdmissionSetting;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdmittanceTest {

    private static final String WIDGETS = "/api/v1/namespaces/default/widgets";

    private final Witness witness = new Witness();
    private final Desk desk = new Desk(witness);

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void aCreationShowsItsOptionsAndTheVersionThatIsAskedFor() {
        desk.post(
                WIDGETS + "?fieldManager=me&fieldValidation=Strict&dryRun=All",
                "{'apiVersion':'v1','kind':'Widget','metadata':{'name':'a'}}");

        assertThat(witness.options)
                .containsExactly("{\"kind\":\"CreateOptions\",\"apiVersion\":\"meta.k8s.io/v1\",\"dryRun\":[\"All\"],"
                        + "\"fieldManager\":\"me\",\"fieldValidation\":\"Strict\"}");
        assertThat(witness.last.requested()).isEqualTo(new GroupVersionResource("", "v1", "widgets"));
        assertThat(witness.last.call().dryRun()).isTrue();
        assertThat(witness.last.call().deadline()).isEqualTo(desk.time.now().plus(Duration.ofSeconds(34)));
    }

    @Test
    void aPatchIsAnUpdateAndAnApplyOfSomethingNewIsACreation() {
        make("a");
        desk.patch(WIDGETS + "/a?timeout=2s", "merge-patch+json", "{'spec':{'color':'red'}}");
        assertThat(witness.options.getLast()).contains("UpdateOptions");
        assertThat(witness.last.call().deadline()).isEqualTo(desk.time.now().plus(Duration.ofSeconds(2)));
        desk.patch(
                WIDGETS + "/b?fieldManager=me",
                "apply-patch+yaml",
                "{'apiVersion':'v1','kind':'Widget','metadata':{'name':'b'}}");

        assertThat(witness.options.getLast()).contains("CreateOptions");
        assertThat(witness.last.old()).isEmpty();
    }

    @Test
    void aDeletionShowsWhatGoesAndHow() {
        make("a");
        desk.delete(WIDGETS + "/a", "{'propagationPolicy':'Orphan'}");

        assertThat(witness.last.operation()).isEqualTo(Admission.Operation.DELETE);
        assertThat(witness.last.name()).isEqualTo("a");
        assertThat(witness.last.old().map(Resource::name)).contains("a");
        assertThat(witness.options.getLast())
                .isEqualTo("{\"kind\":\"DeleteOptions\",\"apiVersion\":\"meta.k8s.io/v1\","
                        + "\"propagationPolicy\":\"Orphan\"}");
    }

    @Test
    void ofManyEachIsAskedForWithoutItsName() {
        make("a");
        make("b");
        witness.seen.clear();
        desk.delete(WIDGETS, "");

        assertThat(witness.seen).hasSize(2).allSatisfy(attempt -> {
            assertThat(attempt.name()).isEmpty();
            assertThat(attempt.old()).isPresent();
        });
    }

    @Test
    void aScaleIsSeenAsAScaleAndWhatTheRulesMakeOfItCounts() {
        make("a");
        witness.change =
                attempt -> attempt.object().orElseThrow().object("spec").put("replicas", 7);
        var answer = desk.put(
                WIDGETS + "/a/scale",
                "{'apiVersion':'autoscaling/v1','kind':'Scale','metadata':{'name':'a'},'spec':{'replicas':3}}");

        assertThat(witness.last.kind().kind()).isEqualTo("Scale");
        assertThat(witness.last.requested()).isEqualTo(new GroupVersionResource("", "v1", "widgets"));
        assertThat(witness.last.object().orElseThrow().text("kind")).isEqualTo("Scale");
        assertThat(answer.json().at("/spec/replicas").asInt()).isEqualTo(7);
        assertThat(desk.get(WIDGETS + "/a").json().at("/spec/size").asInt()).isEqualTo(7);
    }

    @Test
    void aConversationIsSeenAsItsOptionsWhichTheRulesCanChange() {
        witness.change = attempt -> attempt.object().orElseThrow().tree().remove("loud");
        desk.send("GET", WIDGETS + "/a/talk?loud=true", Headers.of("Connection", "Upgrade", "Upgrade", "SPDY/3.1"), "");

        assertThat(witness.last.operation()).isEqualTo(Admission.Operation.CONNECT);
        assertThat(witness.last.subresource()).isEqualTo("talk");
        assertThat(witness.before.getLast())
                .isEqualTo("{\"kind\":\"TalkOptions\",\"apiVersion\":\"v1\",\"loud\":true}");
        assertThat(witness.options.getLast()).isEqualTo("none");
    }

    @Test
    void thereIsASecondRoundIfARuleWantsOneAndNeverAThird() {
        witness.change = attempt -> attempt.setting().rounds().wantSecond();
        make("a");

        assertThat(witness.rounds).containsExactly(false, true);
    }

    @Test
    void otherVersionsAreShownAndObjectsConverted() {
        witness.change = attempt -> {
            Resource other = attempt.setting().as(attempt.object().orElseThrow(), Samples.GADGET_V2);
            assertThat(other.text("spec", "new")).isEqualTo("x");
        };
        desk.post(
                "/apis/example.com/v1/gadgets",
                "{'apiVersion':'example.com/v1','kind':'Gadget','metadata':{'name':'g'},'spec':{'old':'x'}}");

        assertThat(witness.last.setting().equivalents())
                .containsExactly(new AdmissionSetting.View(
                        new GroupVersionResource("example.com", "v2", "gadgets"), Samples.GADGET_V2));
    }

    @Test
    void whatIsNotStoredIsAdmittedToo() {
        desk.post("/apis/example.com/v1/echoes", "{'apiVersion':'example.com/v1','kind':'Echo','metadata':{}}");

        assertThat(witness.last.kind().kind()).isEqualTo("Echo");
    }

    @Test
    void nonsenseAboutOwnersIsPutBackWithAWarning() {
        witness.change = attempt -> attempt.object()
                .orElseThrow()
                .metadata()
                .putArray("managedFields")
                .addObject()
                .put("operation", "Dance");
        var answer = make("a");

        assertThat(answer.json().at("/metadata/managedFields/0/operation").asString())
                .isEqualTo("Update");
        assertThat(answer.headers().first("Warning"))
                .hasValueSatisfying(
                        text -> assertThat(text).contains("please fix your requests: operation must be `Apply`"));
    }

    @Test
    void ownersThatStandTwiceAreKeptOnceWithAWarning() {
        String owner = "{'apiVersion':'v1','kind':'Widget','name':'o','uid':'u'}";
        String another = owner.replace("'o'", "'p'");
        String warning = "299 - \".metadata.ownerReferences contains duplicate entries%s; API server dedups owner"
                + " references in 1.20+, and may reject such requests as early as 1.24; please fix your requests;"
                + " duplicate UID(s) observed: u\"";
        String twice = "{'apiVersion':'v1','kind':'Widget','metadata':{'name':'a','ownerReferences':["
                + String.join(",", owner, another, owner) + "]},'spec':{'color':'blue'}}";

        var made = desk.post(WIDGETS, twice);
        var replaced = desk.put(WIDGETS + "/a", twice);
        var patched = desk.patch(
                WIDGETS + "/a", "merge-patch+json", "{'metadata':{'ownerReferences':[" + owner + "," + owner + "]}}");

        assertThat(made.json().at("/metadata/ownerReferences").size()).isEqualTo(2);
        assertThat(made.headers().all("Warning")).containsExactly(warning.formatted(""));
        assertThat(replaced.headers().all("Warning")).containsExactly(warning.formatted(""));
        assertThat(patched.json().at("/metadata/ownerReferences").size()).isEqualTo(1);
        assertThat(patched.headers().all("Warning"))
                .containsExactly(warning.formatted(" after mutating admission happens"));
    }

    @Test
    void whatIsRemovedAtOnceIsAskedAboutWhenItIsMarkedAndWhenItGoes() {
        desk.post(WIDGETS, "{'apiVersion':'v1','kind':'Widget','metadata':{'name':'a'},'spec':{'color':'slow'}}");
        witness.change = attempt -> {
            if (attempt.old().orElseThrow().isTerminating()) {
                throw new FaultException(new Fault.Forbidden(attempt.resource(), attempt.name(), "not yet"));
            }
        };
        var refused = desk.delete(WIDGETS + "/a", "{'gracePeriodSeconds':0}");
        witness.change = attempt -> {};
        witness.seen.clear();

        assertThat(refused.status()).isEqualTo(403);
        assertThat(desk.get(WIDGETS + "/a")
                        .json()
                        .at("/metadata/deletionGracePeriodSeconds")
                        .asInt(-1))
                .as("it stays, marked")
                .isZero();
        assertThat(desk.delete(WIDGETS + "/a", "{'gracePeriodSeconds':0}").status())
                .isEqualTo(200);
        assertThat(witness.seen).hasSize(1);
    }

    @Test
    void stepsAreMeasuredAsHistogramAndAsSummary() {
        make("a");

        assertThat(desk.get("/metrics").text())
                .contains("# TYPE apiserver_admission_step_admission_duration_seconds_summary summary")
                .contains("apiserver_admission_step_admission_duration_seconds_summary_count{type=\"admit\","
                        + "operation=\"CREATE\",rejected=\"false\"} 1")
                .doesNotContain("apiserver_admission_step_admission_duration_seconds_summary_bucket");
    }

    @Test
    void aRuleCannotMoveWhatIsMadeIntoAnotherNamespace() {
        witness.change = attempt -> attempt.object().orElseThrow().metadata().put("namespace", "elsewhere");

        assertThat(make("a").status()).isEqualTo(400);
    }

    private Desk.Answer make(String name) {
        return desk.post(
                WIDGETS,
                "{'apiVersion':'v1','kind':'Widget','metadata':{'name':'" + name + "'},'spec':{'color':'blue'}}");
    }

    private interface Change {
        void of(Admission.Attempt attempt);
    }

    /// Remembers what it is shown, and changes what the test says.
    private static final class Witness implements Admission {
        final List<Attempt> seen = new ArrayList<>();
        final List<String> options = new ArrayList<>();
        final List<String> before = new ArrayList<>();
        final List<Boolean> rounds = new ArrayList<>();
        Change change = attempt -> {};
        Attempt last;

        @Override
        public String name() {
            return "Witness";
        }

        @Override
        public void mutate(Attempt attempt, Registry registry) {
            last = attempt;
            seen.add(attempt);
            before.add(attempt.object().map(object -> object.tree().toString()).orElse("none"));
            options.add(Optional.of(attempt.setting())
                    .flatMap(AdmissionSetting::options)
                    .map(Object::toString)
                    .orElse("none"));
            rounds.add(attempt.setting().rounds().isSecond());
            change.of(attempt);
        }
    }
}
