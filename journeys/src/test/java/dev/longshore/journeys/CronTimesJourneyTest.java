package dev.longshore.journeys;

import static dev.longshore.journeys.MovedCluster.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// When CronJobs start Jobs, and which they keep.
@ExtendWith(MovedCluster.class)
@Order(21)
class CronTimesJourneyTest {

    private static final String EVERY_MINUTE = "* * * * *";
    private static final String MANIFEST = """
            {apiVersion: batch/v1, kind: CronJob, metadata: {name: NAME}, spec: {schedule: "SCHEDULE", SPEC
              jobTemplate: {spec: {backoffLimit: 0, template: {
                metadata: {annotations: {longshore.dev/simulated-seconds: "SECONDS", longshore.dev/simulated-exit-code: "CODE"}},
                spec: {restartPolicy: Never, terminationGracePeriodSeconds: 0, containers: [{name: main, image: work}]}}}}}}
            """;

    private final MovedCluster cluster = MovedCluster.cluster();

    @Test
    void aScheduleMeansTheTimeZoneThatItNames() {
        try (var namespace = cluster.namespace("zone")) {
            Instant due = cluster.now().truncatedTo(ChronoUnit.MINUTES).plus(Duration.ofMinutes(2));
            ZonedDateTime there = due.atZone(ZoneId.of("Asia/Kathmandu"));
            String schedule = "%d %d * * *".formatted(there.getMinute(), there.getHour());
            create(namespace, "there", schedule, "timeZone: Asia/Kathmandu,", 1, 0);
            create(namespace, "here", schedule, "", 1, 0);

            cluster.passUntil(
                    Duration.ofMinutes(4), () -> status(namespace, "there").getLastSuccessfulTime() != null);

            assertThat(jobs(namespace, "here")).isEmpty();
            Job job = jobs(namespace, "there").getFirst();
            assertThat(job.getMetadata().getName()).isEqualTo("there-" + due.getEpochSecond() / 60);
            assertThat(job.getMetadata().getAnnotations())
                    .containsEntry(
                            "batch.kubernetes.io/cronjob-scheduled-timestamp",
                            DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(there));
            assertThat(OffsetDateTime.parse(scheduled(job)).toInstant()).isEqualTo(due);
            assertThat(status(namespace, "there").getLastScheduleTime()).isEqualTo(due.toString());
            assertThat(created(job)).isBetween(due, due.plusSeconds(15));
        }
    }

    @Test
    void runsOfOneScheduleGoOnSideBySideIfThatIsAllowed() {
        try (var namespace = cluster.namespace("allow")) {
            create(namespace, "tick", EVERY_MINUTE, "concurrencyPolicy: Allow,", 600, 0);

            cluster.passUntil(
                    Duration.ofMinutes(6),
                    () -> status(namespace, "tick").getActive().size() == 3);

            assertThat(jobs(namespace, "tick")).hasSize(3);
        }
    }

    @Test
    void aRunIsPutOffWhileAnotherGoesOnIfThatIsForbidden() {
        try (var namespace = cluster.namespace("forbid")) {
            create(namespace, "tick", EVERY_MINUTE, "concurrencyPolicy: Forbid,", 150, 0);

            cluster.passUntil(
                    Duration.ofMinutes(9), () -> jobs(namespace, "tick").size() == 3);

            List<Job> jobs = jobs(namespace, "tick");
            for (int i = 1; i < jobs.size(); i++) {
                assertThat(created(jobs.get(i)))
                        .isAfterOrEqualTo(
                                Instant.parse(jobs.get(i - 1).getStatus().getCompletionTime()));
            }
            soon(() -> assertThat(namespace.told("tick"))
                    .contains("JobAlreadyActive: Not starting job because prior execution is running and concurrency"
                            + " policy is Forbid"));
        }
    }

    @Test
    void aRunTakesThePlaceOfTheOneThatGoesOnIfItReplacesIt() {
        try (var namespace = cluster.namespace("replace")) {
            create(namespace, "tick", EVERY_MINUTE, "concurrencyPolicy: Replace,", 600, 0);
            cluster.passUntil(
                    Duration.ofMinutes(2), () -> !jobs(namespace, "tick").isEmpty());
            String first = jobs(namespace, "tick").getFirst().getMetadata().getName();

            cluster.passUntil(
                    Duration.ofMinutes(2),
                    () -> jobs(namespace, "tick").stream()
                            .noneMatch(job -> job.getMetadata().getName().equals(first)));

            soon(() -> {
                assertThat(jobs(namespace, "tick")).hasSize(1);
                assertThat(status(namespace, "tick").getActive())
                        .singleElement()
                        .satisfies(active -> assertThat(active.getName()).isNotEqualTo(first));
                assertThat(namespace.pods()).hasSize(1);
                assertThat(namespace.told("tick")).contains("SuccessfulDelete: Deleted job " + first);
            });
        }
    }

    @Test
    void aStartThatWasMissedIsMadeUpForOnceUnlessItsDeadlineIsOver() {
        try (var namespace = cluster.namespace("missed")) {
            Instant due = cluster.now().truncatedTo(ChronoUnit.MINUTES).plus(Duration.ofMinutes(1));
            String schedule = due.atZone(ZoneId.of("UTC")).getMinute() + " * * * *";
            create(namespace, "patient", schedule, "suspend: true,", 1, 0);
            create(namespace, "strict", schedule, "suspend: true, startingDeadlineSeconds: 60,", 1, 0);
            cluster.pass(Duration.between(cluster.now(), due.plusSeconds(150)));
            assertThat(namespace
                            .client()
                            .batch()
                            .v1()
                            .jobs()
                            .inNamespace(namespace.name())
                            .list()
                            .getItems())
                    .isEmpty();

            resume(namespace, "patient");
            resume(namespace, "strict");

            soon(() -> assertThat(jobs(namespace, "patient"))
                    .singleElement()
                    .satisfies(job -> assertThat(
                                    OffsetDateTime.parse(scheduled(job)).toInstant())
                            .isEqualTo(due)));
            cluster.pass(Duration.ofSeconds(30));
            assertThat(jobs(namespace, "patient")).hasSize(1);
            assertThat(jobs(namespace, "strict")).isEmpty();
        }
    }

    @Test
    void ofMoreThanAHundredMissedStartsTheLastIsMadeUpForAndTheRestComplainedOf() {
        try (var namespace = cluster.namespace("many")) {
            create(namespace, "tick", EVERY_MINUTE, "suspend: true,", 1, 0);
            Instant last = cluster.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(200));
            namespace
                    .client()
                    .resource(new CronJobBuilder(cron(namespace, "tick"))
                            .editOrNewStatus()
                            .withLastScheduleTime(last.toString())
                            .endStatus()
                            .build())
                    .updateStatus();

            resume(namespace, "tick");

            soon(() -> assertThat(namespace.told("tick"))
                    .contains("TooManyMissedTimes: too many missed start times. Set or decrease"
                            + " .spec.startingDeadlineSeconds or check clock skew"));
            soon(() -> assertThat(jobs(namespace, "tick")).isNotEmpty());
            assertThat(OffsetDateTime.parse(scheduled(jobs(namespace, "tick").getFirst()))
                            .toInstant())
                    .isAfter(cluster.now().minus(Duration.ofMinutes(2)));
        }
    }

    @Test
    void onlySoManyFinishedRunsAreKept() {
        try (var namespace = cluster.namespace("history")) {
            create(namespace, "good", EVERY_MINUTE, "successfulJobsHistoryLimit: 1,", 1, 0);
            create(namespace, "bad", EVERY_MINUTE, "failedJobsHistoryLimit: 2,", 1, 1);

            cluster.pass(Duration.ofMinutes(5));

            soon(() -> assertThat(jobs(namespace, "good"))
                    .filteredOn(job -> job.getStatus().getCompletionTime() != null)
                    .hasSize(1));
            soon(() -> assertThat(jobs(namespace, "bad"))
                    .filteredOn(job -> job.getStatus().getFailed() != null)
                    .hasSize(2));
            assertThat(jobs(namespace, "good"))
                    .allSatisfy(job ->
                            assertThat(created(job)).isAfter(cluster.now().minus(Duration.ofMinutes(3))));
        }
    }

    private static void create(
            HollowNamespace namespace, String name, String schedule, String spec, int seconds, int exitCode) {
        namespace.create(
                MANIFEST.replace("NAME", name)
                        .replace("SCHEDULE", schedule)
                        .replace("SPEC", spec)
                        .replace("SECONDS", String.valueOf(seconds))
                        .replace("CODE", String.valueOf(exitCode)),
                CronJob.class);
    }

    private static void resume(HollowNamespace namespace, String name) {
        namespace
                .client()
                .batch()
                .v1()
                .cronjobs()
                .inNamespace(namespace.name())
                .withName(name)
                .edit(cron -> new CronJobBuilder(cron)
                        .editSpec()
                        .withSuspend(false)
                        .endSpec()
                        .build());
    }

    private static CronJob cron(HollowNamespace namespace, String name) {
        return namespace.stored(CronJob.class, name);
    }

    private static CronJobStatus status(HollowNamespace namespace, String name) {
        return cron(namespace, name).getStatus();
    }

    /// Those that `name` made, the oldest first.
    private static List<Job> jobs(HollowNamespace namespace, String name) {
        return namespace.client().batch().v1().jobs().inNamespace(namespace.name()).list().getItems().stream()
                .filter(job -> job.getMetadata()
                        .getOwnerReferences()
                        .getFirst()
                        .getName()
                        .equals(name))
                .sorted(Comparator.comparing(job -> job.getMetadata().getName()))
                .toList();
    }

    private static String scheduled(Job job) {
        return job.getMetadata().getAnnotations().get("batch.kubernetes.io/cronjob-scheduled-timestamp");
    }

    private static Instant created(Job job) {
        return Instant.parse(job.getMetadata().getCreationTimestamp());
    }
}
