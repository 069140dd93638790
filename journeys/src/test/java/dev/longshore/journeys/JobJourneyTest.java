package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Jobs whose pods end well, or not, and those that CronJobs are about.
@ExtendWith(HollowShared.class)
@Order(19)
class JobJourneyTest {

    private static final String MANIFEST = """
            {apiVersion: batch/v1, kind: Job, metadata: {name: work}, spec: {SPEC
              template: {metadata: {annotations: {longshore.dev/simulated-seconds: "0.1", longshore.dev/simulated-exit-code: "CODE"}},
                spec: {restartPolicy: Never, terminationGracePeriodSeconds: 0, containers: [{name: main, image: work}]}}}}
            """;

    @Test
    void anIndexedJobSaysFirstHowItEndsAndThenThatItHas() {
        try (var namespace = HollowNamespace.fresh("indexed")) {
            create(namespace, "completions: 3, parallelism: 3, completionMode: Indexed,", 0);

            await().atMost(HollowNamespace.PATIENCE)
                    .untilAsserted(() ->
                            assertThat(types(status(namespace))).containsExactly("SuccessCriteriaMet", "Complete"));
            JobStatus status = status(namespace);
            assertThat(status.getCompletedIndexes()).isEqualTo("0-2");
            assertThat(status.getSucceeded()).isEqualTo(3);
            assertThat(status.getActive()).isNull();
            assertThat(status.getReady()).isZero();
            assertThat(status.getTerminating()).isZero();
            assertThat(status.getUncountedTerminatedPods().getSucceeded()).isEmpty();
            assertThat(namespace.pods()).hasSize(3).allSatisfy(pod -> {
                assertThat(pod.getMetadata().getFinalizers()).isEmpty();
                assertThat(pod.getSpec().getHostname()).matches("work-[012]");
            });
            await().atMost(HollowNamespace.PATIENCE)
                    .untilAsserted(() -> assertThat(namespace.told("work")).endsWith("Completed: Job completed"));
        }
    }

    @Test
    void indexesThatFailDoNotStopTheOthers() {
        try (var namespace = HollowNamespace.fresh("byindex")) {
            create(namespace, "completions: 2, parallelism: 1, completionMode: Indexed, backoffLimitPerIndex: 0,", 7);

            await().atMost(HollowNamespace.PATIENCE)
                    .untilAsserted(
                            () -> assertThat(types(status(namespace))).containsExactly("FailureTarget", "Failed"));
            JobStatus status = status(namespace);
            assertThat(status.getFailedIndexes()).as("two are no interval").isEqualTo("0,1");
            assertThat(status.getFailed()).isEqualTo(2);
            assertThat(status.getConditions().getLast().getReason()).isEqualTo("FailedIndexes");
        }
    }

    @Test
    void aSuspendedJobHasNeitherPodsNorAStartAndGoesOnWhenToldTo() {
        try (var namespace = HollowNamespace.fresh("suspend")) {
            create(namespace, "suspend: true,", 0);
            await().atMost(HollowNamespace.PATIENCE)
                    .untilAsserted(() -> assertThat(types(status(namespace))).containsExactly("Suspended"));
            assertThat(status(namespace).getStartTime()).isNull();
            assertThat(namespace.pods()).isEmpty();

            namespace.edit(
                    Job.class,
                    "work",
                    job -> new JobBuilder(job)
                            .editSpec()
                            .withSuspend(false)
                            .endSpec()
                            .build());

            await().atMost(HollowNamespace.PATIENCE)
                    .untilAsserted(() -> assertThat(types(status(namespace)))
                            .containsExactly("Suspended", "SuccessCriteriaMet", "Complete"));
            assertThat(status(namespace).getStartTime()).isNotNull();
            namespace.awaitTold(
                    "work", told -> assertThat(told).contains("Suspended: Job suspended", "Resumed: Job resumed"));
        }
    }

    @Test
    void aJobThatIsMadeByHandFromACronJobIsToldOfAndCountsAsASuccess() {
        try (var namespace = HollowNamespace.fresh("cron")) {
            CronJob cron = namespace.create("""
                    {apiVersion: batch/v1, kind: CronJob, metadata: {name: tick}, spec: {schedule: "0 0 1 1 *",
                      jobTemplate: {spec: {template: {metadata: {annotations: {longshore.dev/simulated-seconds: "1"}},
                        spec: {restartPolicy: Never, terminationGracePeriodSeconds: 0, containers: [{name: main, image: work}]}}}}}}
                    """, CronJob.class);
            namespace
                    .client()
                    .resource(new JobBuilder()
                            .withNewMetadata()
                            .withNamespace(namespace.name())
                            .withName("by-hand")
                            .addToAnnotations("cronjob.kubernetes.io/instantiate", "manual")
                            .addNewOwnerReference()
                            .withApiVersion("batch/v1")
                            .withKind("CronJob")
                            .withName("tick")
                            .withUid(cron.getMetadata().getUid())
                            .withController(true)
                            .endOwnerReference()
                            .endMetadata()
                            .withSpec(cron.getSpec().getJobTemplate().getSpec())
                            .build())
                    .create();

            await().atMost(HollowNamespace.PATIENCE).untilAsserted(() -> {
                CronJob stored = namespace.stored(CronJob.class, "tick");
                assertThat(stored.getStatus().getLastSuccessfulTime()).isNotNull();
                assertThat(stored.getStatus().getActive()).isEmpty();
                assertThat(namespace.told("tick"))
                        .contains("UnexpectedJob: Saw a job that the controller did not create or forgot: by-hand");
            });
        }
    }

    private static void create(HollowNamespace namespace, String spec, int exitCode) {
        namespace.create(MANIFEST.replace("SPEC", spec).replace("CODE", String.valueOf(exitCode)), Job.class);
    }

    private static JobStatus status(HollowNamespace namespace) {
        return namespace.stored(Job.class, "work").getStatus();
    }

    private static List<String> types(JobStatus status) {
        return status.getConditions().stream().map(JobCondition::getType).toList();
    }
}
