package dev.longshore.journeys;

import static dev.longshore.journeys.MovedCluster.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What Jobs do by the clock.
@ExtendWith(MovedCluster.class)
@Order(21)
class JobTimesJourneyTest {

    private static final String MANIFEST = """
            {apiVersion: batch/v1, kind: Job, metadata: {name: work}, spec: {SPEC
              template: {metadata: {annotations: {longshore.dev/simulated-seconds: "SECONDS", longshore.dev/simulated-exit-code: "CODE"}},
                spec: {restartPolicy: Never, terminationGracePeriodSeconds: 0, containers: [{name: main, image: work}]}}}}
            """;

    private final MovedCluster cluster = MovedCluster.cluster();

    @Test
    void aJobThatIsNotDoneByItsDeadlineFailsAndItsPodsEnd() {
        try (var namespace = cluster.namespace("deadline")) {
            create(namespace, "parallelism: 2, completions: 2, activeDeadlineSeconds: 100,", 3600, 0);
            soon(() -> assertThat(job(namespace).getStatus().getReady()).isEqualTo(2));
            cluster.pass(Duration.ofSeconds(80));
            assertThat(conditions(namespace)).isEmpty();

            cluster.passUntil(Duration.ofMinutes(1), () -> conditions(namespace).contains("Failed"));

            Job job = job(namespace);
            JobCondition failed = job.getStatus().getConditions().getLast();
            assertThat(conditions(namespace)).containsExactly("FailureTarget", "Failed");
            assertThat(failed.getReason()).isEqualTo("DeadlineExceeded");
            assertThat(failed.getMessage()).isEqualTo("Job was active longer than specified deadline");
            assertThat(job.getStatus().getActive()).isNull();
            assertThat(Duration.between(
                            Instant.parse(job.getStatus().getStartTime()),
                            Instant.parse(
                                    job.getStatus().getConditions().getFirst().getLastTransitionTime())))
                    .isBetween(Duration.ofSeconds(100), Duration.ofSeconds(115));
            soon(() -> assertThat(namespace.pods()).isEmpty());
        }
    }

    @Test
    void eachFailureDoublesTheWaitForTheNextPodUpToTenMinutes() {
        try (var namespace = cluster.namespace("backoff")) {
            create(namespace, "backoffLimit: 7,", 0, 1);

            cluster.passUntil(Duration.ofHours(1), () -> namespace.pods().size() == 8);

            List<Pod> pods = namespace.pods().stream()
                    .sorted(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()))
                    .toList();
            var waits = new ArrayList<Long>();
            for (int i = 1; i < pods.size(); i++) {
                waits.add(Duration.between(ended(pods.get(i - 1)), created(pods.get(i)))
                        .toSeconds());
            }
            long[] wanted = {10, 20, 40, 80, 160, 320, 600};
            for (int i = 0; i < wanted.length; i++) {
                assertThat(waits.get(i)).as("wait %d of %s", i, waits).isBetween(wanted[i], wanted[i] + 25);
            }
            soon(() -> assertThat(conditions(namespace)).containsExactly("FailureTarget", "Failed"));
            assertThat(job(namespace).getStatus().getConditions().getLast().getReason())
                    .isEqualTo("BackoffLimitExceeded");
        }
    }

    @Test
    void eachIndexWaitsForItsOwnFailures() {
        try (var namespace = cluster.namespace("byindex")) {
            create(
                    namespace,
                    "completions: 2, parallelism: 2, completionMode: Indexed, backoffLimitPerIndex: 2,",
                    1,
                    1);

            cluster.passUntil(Duration.ofMinutes(3), () -> conditions(namespace).contains("Failed"));

            assertThat(job(namespace).getStatus().getFailedIndexes()).isEqualTo("0,1");
            for (String index : List.of("0", "1")) {
                List<Pod> pods = namespace.pods().stream()
                        .filter(pod -> index.equals(
                                pod.getMetadata().getAnnotations().get("batch.kubernetes.io/job-completion-index")))
                        .sorted(Comparator.comparing(JobTimesJourneyTest::created))
                        .toList();
                assertThat(pods).hasSize(3);
                assertThat(Duration.between(ended(pods.get(0)), created(pods.get(1))))
                        .isBetween(Duration.ofSeconds(9), Duration.ofSeconds(25));
                assertThat(Duration.between(ended(pods.get(1)), created(pods.get(2))))
                        .isBetween(Duration.ofSeconds(19), Duration.ofSeconds(35));
            }
        }
    }

    @Test
    void timeInWhichAJobIsSuspendedDoesNotCountAgainstItsDeadline() {
        try (var namespace = cluster.namespace("suspended")) {
            create(namespace, "activeDeadlineSeconds: 100,", 3600, 0);
            soon(() -> assertThat(job(namespace).getStatus().getReady()).isEqualTo(1));
            cluster.pass(Duration.ofSeconds(60));
            suspend(namespace, true);
            cluster.pass(Duration.ofSeconds(200));
            assertThat(conditions(namespace)).containsExactly("Suspended");
            assertThat(job(namespace).getStatus().getStartTime()).isNull();
            suspend(namespace, false);
            soon(() -> assertThat(job(namespace).getStatus().getStartTime()).isNotNull());
            Instant resumed = Instant.parse(job(namespace).getStatus().getStartTime());
            cluster.pass(Duration.ofSeconds(80));
            assertThat(conditions(namespace)).doesNotContain("Failed");

            cluster.passUntil(Duration.ofMinutes(1), () -> conditions(namespace).contains("Failed"));

            assertThat(Duration.between(
                            resumed,
                            Instant.parse(job(namespace)
                                    .getStatus()
                                    .getConditions()
                                    .getLast()
                                    .getLastTransitionTime())))
                    .isBetween(Duration.ofSeconds(100), Duration.ofSeconds(125));
        }
    }

    private static void suspend(HollowNamespace namespace, boolean isSuspended) {
        namespace
                .client()
                .batch()
                .v1()
                .jobs()
                .inNamespace(namespace.name())
                .withName("work")
                .edit(job -> new JobBuilder(job)
                        .editSpec()
                        .withSuspend(isSuspended)
                        .endSpec()
                        .build());
    }

    @Test
    void aFinishedJobGoesWithItsPodsWhenItsTimeToLiveIsOver() {
        try (var namespace = cluster.namespace("ttl")) {
            create(namespace, "ttlSecondsAfterFinished: 120,", 1, 0);
            cluster.passUntil(Duration.ofMinutes(1), () -> conditions(namespace).contains("Complete"));
            cluster.pass(Duration.ofSeconds(90));
            assertThat(job(namespace).getMetadata().getDeletionTimestamp()).isNull();
            assertThat(namespace.pods()).hasSize(1);

            cluster.passUntil(Duration.ofMinutes(1), () -> job(namespace) == null);

            soon(() -> assertThat(namespace.pods()).isEmpty());
        }
    }

    private static void create(HollowNamespace namespace, String spec, double seconds, int exitCode) {
        namespace.create(
                MANIFEST.replace("SPEC", spec)
                        .replace("SECONDS", String.valueOf(seconds))
                        .replace("CODE", String.valueOf(exitCode)),
                Job.class);
    }

    private static Job job(HollowNamespace namespace) {
        return namespace.stored(Job.class, "work");
    }

    private static List<String> conditions(HollowNamespace namespace) {
        return job(namespace).getStatus().getConditions().stream()
                .map(JobCondition::getType)
                .toList();
    }

    private static Instant created(Pod pod) {
        return Instant.parse(pod.getMetadata().getCreationTimestamp());
    }

    private static Instant ended(Pod pod) {
        return Instant.parse(pod.getStatus()
                .getContainerStatuses()
                .getFirst()
                .getState()
                .getTerminated()
                .getFinishedAt());
    }
}
