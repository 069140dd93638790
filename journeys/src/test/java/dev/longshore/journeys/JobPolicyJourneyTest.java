package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// When a Job has succeeded and when it has failed, by what becomes of which of its pods.
@ExtendWith(HollowShared.class)
@Order(26)
class JobPolicyJourneyTest {

    private static final String INDEX = "batch.kubernetes.io/job-completion-index";
    private static final String MANIFEST = """
            {apiVersion: batch/v1, kind: Job, metadata: {name: work}, spec: {SPEC
              template: {metadata: {annotations: {ANNOTATIONS}},
                spec: {restartPolicy: Never, terminationGracePeriodSeconds: 0, POD containers: [{name: main, image: work}]}}}}
            """;

    @Test
    void podsAreAdoptedAndReleasedByTheirLabels() {
        try (var namespace = HollowNamespace.fresh("adopt")) {
            create(namespace, "parallelism: 2, completions: 2,", "", "");
            soon(() -> assertThat(namespace.pods()).hasSize(2));
            String uid = namespace.stored(Job.class, "work").getMetadata().getUid();
            Pod pod = namespace.pods().getFirst();

            change(
                    namespace,
                    pod,
                    edited -> edited.editMetadata()
                            .withOwnerReferences(List.of())
                            .endMetadata()
                            .build());
            soon(() -> assertThat(stored(namespace, pod).getMetadata().getOwnerReferences())
                    .singleElement()
                    .satisfies(owner -> {
                        assertThat(owner.getUid()).isEqualTo(uid);
                        assertThat(owner.getController()).isTrue();
                    }));

            change(
                    namespace,
                    pod,
                    edited ->
                            edited.editMetadata().withLabels(null).endMetadata().build());
            soon(() -> {
                assertThat(stored(namespace, pod).getMetadata().getOwnerReferences())
                        .isEmpty();
                assertThat(stored(namespace, pod).getMetadata().getFinalizers()).isEmpty();
                assertThat(namespace.pods()).as("another is made for it").hasSize(3);
            });
        }
    }

    @Test
    void anExitCodeCanFailTheWholeJob() {
        try (var namespace = HollowNamespace.fresh("exitcode")) {
            create(
                    namespace,
                    "parallelism: 2, completions: 4, podFailurePolicy: {rules: [{action: FailJob,"
                            + " onExitCodes: {containerName: main, operator: In, values: [3]}}]},",
                    "longshore.dev/simulated-seconds: '0.2', longshore.dev/simulated-exit-code: '3'",
                    "");

            soon(() -> isFailed(namespace, "PodFailurePolicy"));
            assertThat(status(namespace).getConditions().getLast().getMessage())
                    .matches("Container main for pod " + namespace.name()
                            + "/work-\\w+ failed with exit code 3 matching FailJob rule at index 0");
        }
    }

    @Test
    void aPodThatIsEvictedNeedNotCountAsAFailure() {
        try (var namespace = HollowNamespace.fresh("evicted")) {
            create(
                    namespace,
                    "parallelism: 1, completions: 1, completionMode: Indexed, backoffLimit: 0, podFailurePolicy: {rules: [{action: Ignore,"
                            + " onPodConditions: [{type: DisruptionTarget, status: 'True'}]}]},",
                    "longshore.dev/simulated-seconds: '600'",
                    "");
            soon(() -> assertThat(status(namespace).getReady()).isEqualTo(1));
            Pod pod = namespace.pods().getFirst();

            assertThat(namespace
                            .client()
                            .pods()
                            .inNamespace(namespace.name())
                            .withName(pod.getMetadata().getName())
                            .evict(new EvictionBuilder()
                                    .withNewMetadata()
                                    .withNamespace(namespace.name())
                                    .withName(pod.getMetadata().getName())
                                    .endMetadata()
                                    .build()))
                    .isTrue();

            soon(() -> {
                assertThat(namespace.pods())
                        .singleElement()
                        .satisfies(other -> assertThat(other.getMetadata().getUid())
                                .isNotEqualTo(pod.getMetadata().getUid()));
                assertThat(status(namespace).getReady()).isEqualTo(1);
            });
            assertThat(status(namespace).getFailed()).isIn(null, 0);
            assertThat(status(namespace).getConditions()).isEmpty();
        }
    }

    @Test
    void everyIndexIsTriedThoughOthersHaveFailed() {
        try (var namespace = HollowNamespace.fresh("perindex")) {
            create(
                    namespace,
                    "parallelism: 2, completions: 4, completionMode: Indexed, backoffLimitPerIndex: 0,",
                    "",
                    PodPlay.ON_NO_NODE);
            var play = new PodPlay(namespace);
            endAll(namespace, play, Map.of("0", 1, "2", 1), 4);

            soon(() -> isFailed(namespace, "FailedIndexes"));
            assertThat(status(namespace).getFailedIndexes()).isEqualTo("0,2");
            assertThat(status(namespace).getCompletedIndexes()).isEqualTo("1,3");
            assertThat(status(namespace).getFailed()).isEqualTo(2);
            assertThat(status(namespace).getSucceeded()).isEqualTo(2);
        }
    }

    @Test
    void anIndexCanBeGivenUpWithoutAnotherTry() {
        try (var namespace = HollowNamespace.fresh("failindex")) {
            create(
                    namespace,
                    "parallelism: 2, completions: 2, completionMode: Indexed, backoffLimitPerIndex: 3,"
                            + " podFailurePolicy: {rules: [{action: FailIndex, onExitCodes: {operator: In, values: [42]}}]},",
                    "",
                    PodPlay.ON_NO_NODE);
            endAll(namespace, new PodPlay(namespace), Map.of("0", 42), 2);

            soon(() -> isFailed(namespace, "FailedIndexes"));
            assertThat(status(namespace).getFailedIndexes()).isEqualTo("0");
            assertThat(status(namespace).getCompletedIndexes()).isEqualTo("1");
            assertThat(status(namespace).getFailed()).as("index 0 had one try").isEqualTo(1);
        }
    }

    @Test
    void tooManyFailedIndexesEndTheJobAndItsPods() {
        try (var namespace = HollowNamespace.fresh("maxfailed")) {
            create(
                    namespace,
                    "parallelism: 3, completions: 4, completionMode: Indexed, backoffLimitPerIndex: 0, maxFailedIndexes: 1,",
                    "",
                    PodPlay.ON_NO_NODE);
            soon(() -> assertThat(namespace.pods()).hasSize(3));
            var play = new PodPlay(namespace);
            play.fail(pod(namespace, "0"), 1);
            play.fail(pod(namespace, "1"), 1);

            soon(() -> isFailed(namespace, "MaxFailedIndexesExceeded"));
            assertThat(status(namespace).getFailedIndexes()).isEqualTo("0,1");
            soon(() -> assertThat(namespace.pods())
                    .as("the third pod was ended")
                    .allSatisfy(pod -> assertThat(pod.getStatus().getPhase()).isEqualTo("Failed")));
        }
    }

    @Test
    void aSuccessPolicyMayAskForAllIndexes() {
        try (var namespace = HollowNamespace.fresh("all")) {
            create(
                    namespace,
                    "parallelism: 2, completions: 2, completionMode: Indexed, successPolicy: {rules: [{succeededCount: 2}]},",
                    "",
                    PodPlay.ON_NO_NODE);
            endAll(namespace, new PodPlay(namespace), Map.of(), 2);

            soon(() -> isSuccess(namespace));
            assertThat(status(namespace).getCompletedIndexes()).isEqualTo("0,1");
            assertThat(status(namespace).getSucceeded()).isEqualTo(2);
        }
    }

    @Test
    void aSuccessPolicyMayBeMetByACountWhileIndexesArePending() {
        try (var namespace = HollowNamespace.fresh("count")) {
            create(
                    namespace,
                    "parallelism: 5, completions: 5, completionMode: Indexed, successPolicy: {rules:"
                            + " [{succeededIndexes: '0-3', succeededCount: 1}]},",
                    "",
                    PodPlay.ON_NO_NODE);
            soon(() -> assertThat(namespace.pods()).hasSize(5));
            new PodPlay(namespace).succeed(pod(namespace, "2"));

            soon(() -> isSuccess(namespace));
            assertThat(status(namespace).getCompletedIndexes()).isEqualTo("2");
            assertThat(status(namespace).getSucceeded()).isEqualTo(1);
            soon(() -> assertThat(namespace.pods()).as("the others were ended").hasSizeLessThan(5));
        }
    }

    @Test
    void aSuccessPolicyMayBeMetByCertainIndexesWhileOthersArePending() {
        try (var namespace = HollowNamespace.fresh("certain")) {
            create(
                    namespace,
                    "parallelism: 2, completions: 2, completionMode: Indexed, successPolicy: {rules: [{succeededIndexes: '0'}]},",
                    "",
                    PodPlay.ON_NO_NODE);
            soon(() -> assertThat(namespace.pods()).hasSize(2));
            new PodPlay(namespace).succeed(pod(namespace, "0"));

            soon(() -> isSuccess(namespace));
            assertThat(status(namespace).getCompletedIndexes()).isEqualTo("0");
            assertThat(status(namespace).getSucceeded()).isEqualTo(1);
        }
    }

    @Test
    void containersThatFailOnceAreStartedAgainInTheirPods() {
        try (var namespace = HollowNamespace.fresh("restarted")) {
            namespace.create(
                    MANIFEST.replace("SPEC", "parallelism: 2, completions: 2, backoffLimit: 6,")
                            .replace(
                                    "ANNOTATIONS",
                                    "longshore.dev/simulated-seconds: '0.3', longshore.dev/simulated-exit-code: '1'")
                            .replace("POD", "")
                            .replace("Never", "OnFailure"),
                    Job.class);
            soon(() -> assertThat(namespace.pods()).hasSize(2));
            // The next start of each container ends well.
            namespace
                    .pods()
                    .forEach(pod -> change(
                            namespace,
                            pod,
                            edited -> edited.editMetadata()
                                    .addToAnnotations("longshore.dev/simulated-exit-code", "0")
                                    .endMetadata()
                                    .build()));

            soon(() -> assertThat(conditions(namespace)).containsExactly("SuccessCriteriaMet", "Complete"));
            assertThat(status(namespace).getSucceeded()).isEqualTo(2);
            assertThat(status(namespace).getFailed()).isIn(null, 0);
            assertThat(namespace.pods()).hasSize(2);
        }
    }

    @Test
    void aJobThatIsDeletedTakesItsRunningPodsAlong() {
        try (var namespace = HollowNamespace.fresh("deleted")) {
            create(namespace, "parallelism: 2, completions: 2,", "", "");
            soon(() -> assertThat(status(namespace).getReady()).isEqualTo(2));

            namespace.client().resource(namespace.stored(Job.class, "work")).delete();

            soon(() -> {
                assertThat(namespace.stored(Job.class, "work")).isNull();
                assertThat(namespace.pods()).isEmpty();
            });
        }
    }

    @Test
    void aSuspendedJobIsChangedLetGoListedAndDeletedWithOthers() {
        try (var namespace = HollowNamespace.fresh("life")) {
            create(namespace, "suspend: true,", "longshore.dev/simulated-seconds: '0.1'", "");
            var api = new RawApi(namespace.client());
            String path = "/apis/batch/v1/namespaces/" + namespace.name() + "/jobs";
            soon(() -> assertThat(conditions(namespace)).containsExactly("Suspended"));

            api.merge(path + "/work", "{\"metadata\":{\"labels\":{\"patched\":\"%s\"}}}".formatted(namespace.name()));
            api.replace(path + "/work", job -> {
                job.withObject("/metadata/annotations").put("updated", "true");
                job.withObject("/spec").put("suspend", false);
                return job;
            });
            soon(() ->
                    assertThat(conditions(namespace)).containsExactly("Suspended", "SuccessCriteriaMet", "Complete"));
            assertThat(api.get("/apis/batch/v1/jobs?labelSelector=patched=" + namespace.name())
                            .path("items"))
                    .singleElement()
                    .satisfies(job -> assertThat(
                                    job.at("/metadata/annotations/updated").asString())
                            .isEqualTo("true"));

            api.delete(path + "?propagationPolicy=Background&labelSelector=patched=" + namespace.name());
            soon(() -> assertThat(namespace.stored(Job.class, "work")).isNull());
        }
    }

    /// Ends `many` pods, one after the other as they come, each as `codes` says of its index, or well.
    private static void endAll(HollowNamespace namespace, PodPlay play, Map<String, Integer> codes, int many) {
        for (int index = 0; index < many; index++) {
            String text = String.valueOf(index);
            soon(() -> assertThat(pod(namespace, text)).isNotEmpty());
            String pod = pod(namespace, text);
            if (codes.containsKey(text)) {
                play.fail(pod, codes.get(text));
            } else {
                play.succeed(pod);
            }
        }
    }

    /// The name of the pod of `index`; empty if there is none.
    private static String pod(HollowNamespace namespace, String index) {
        return namespace.pods().stream()
                .filter(pod -> index.equals(pod.getMetadata().getAnnotations().get(INDEX)))
                .map(pod -> pod.getMetadata().getName())
                .findFirst()
                .orElse("");
    }

    private static void isFailed(HollowNamespace namespace, String reason) {
        assertThat(conditions(namespace)).containsExactly("FailureTarget", "Failed");
        assertThat(status(namespace).getConditions())
                .extracting(JobCondition::getReason)
                .containsOnly(reason);
    }

    private static void isSuccess(HollowNamespace namespace) {
        assertThat(conditions(namespace)).containsExactly("SuccessCriteriaMet", "Complete");
        assertThat(status(namespace).getConditions())
                .extracting(JobCondition::getReason)
                .containsOnly("SuccessPolicy");
    }

    private static void create(HollowNamespace namespace, String spec, String annotations, String pod) {
        namespace.create(
                MANIFEST.replace("SPEC", spec)
                        .replace("ANNOTATIONS", annotations)
                        .replace("POD", pod),
                Job.class);
    }

    private static JobStatus status(HollowNamespace namespace) {
        return namespace.stored(Job.class, "work").getStatus();
    }

    private static List<String> conditions(HollowNamespace namespace) {
        return status(namespace).getConditions().stream()
                .map(JobCondition::getType)
                .toList();
    }

    private static Pod stored(HollowNamespace namespace, Pod pod) {
        return namespace.stored(Pod.class, pod.getMetadata().getName());
    }

    private static void change(HollowNamespace namespace, Pod pod, Function<PodBuilder, Pod> change) {
        namespace.edit(Pod.class, pod.getMetadata().getName(), stored -> change.apply(new PodBuilder(stored)));
    }

    private static void soon(ThrowingRunnable assertion) {
        await().atMost(HollowNamespace.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(assertion);
    }
}
