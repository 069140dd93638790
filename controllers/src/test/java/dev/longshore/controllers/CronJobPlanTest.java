package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CronJobPlanTest {

    private static final Instant NOW = Instant.parse("2026-01-01T10:00:20Z");

    @Test
    void isDueWhenAScheduledTimeHasCome() {
        CronJobPlan plan = plan(cron().build());

        assertThat(plan.due()).contains(Instant.parse("2026-01-01T10:00:00Z"));
        assertThat(plan.next()).contains(Duration.ofMillis(280_100));
    }

    @Test
    void isNotDueTwice() {
        CronJob cron = cron().withNewStatus()
                .withLastScheduleTime("2026-01-01T10:00:00Z")
                .endStatus()
                .build();

        assertThat(plan(cron).due()).isEmpty();
    }

    @Test
    void makesOneJobForManyMissedTimes() {
        CronJob cron = cron().withNewStatus()
                .withLastScheduleTime("2026-01-01T08:00:00Z")
                .endStatus()
                .build();
        CronJob longAgo = cron().withNewStatus()
                .withLastScheduleTime("2025-01-01T08:00:00Z")
                .endStatus()
                .build();

        assertThat(plan(cron).due()).contains(Instant.parse("2026-01-01T10:00:00Z"));
        assertThat(plan(longAgo).due()).contains(Instant.parse("2026-01-01T10:00:00Z"));
        assertThat(plan(longAgo).notes()).extracting(Note::reason).containsExactly("TooManyMissedTimes");
    }

    @Test
    void startsNothingTooLate() {
        CronJob cron =
                cron().editSpec().withStartingDeadlineSeconds(10L).endSpec().build();

        assertThat(plan(cron).due()).isEmpty();
        assertThat(plan(cron).next()).isPresent();
    }

    @Test
    void rests() {
        CronJobPlan plan = plan(cron().editSpec().withSuspend(true).endSpec().build());

        assertThat(plan.due()).isEmpty();
        assertThat(plan.next()).isEmpty();
    }

    @Test
    void forbidsOrReplacesOrAllowsAnotherRun() {
        Job running = job("running", "", 0);

        CronJobPlan forbidden = plan(with("Forbid", running), running);
        assertThat(forbidden.due()).isEmpty();
        assertThat(forbidden.notes()).extracting(Note::reason).containsExactly("JobAlreadyActive");
        assertThat(plan(with("Replace", running), running).due()).isPresent();
        assertThat(plan(with("Replace", running), running).replaced()).containsExactly(CronJobPlan.reference(running));
        assertThat(plan(with("Allow", running), running).due()).isPresent();
        assertThat(plan(with("Allow", running), running).replaced()).isEmpty();
        assertThat(plan(with("Forbid"), job("done", "Complete", 0)).due()).isPresent();
    }

    @Test
    void keepsTheNewestFinishedJobs() {
        List<Job> jobs = new java.util.ArrayList<>(IntStream.range(0, 5)
                .mapToObj(i -> job("good-" + i, "Complete", i))
                .toList());
        IntStream.range(0, 3).mapToObj(i -> job("bad-" + i, "Failed", i)).forEach(jobs::add);

        CronJob cron = cron().editSpec()
                .withSuccessfulJobsHistoryLimit(3)
                .withFailedJobsHistoryLimit(1)
                .endSpec()
                .build();
        CronJobPlan plan = CronJobPlan.of(cron, jobs, Set.of(), NOW);

        assertThat(CronJobPlan.outdated(cron, jobs))
                .extracting(job -> job.getMetadata().getName())
                .containsExactlyInAnyOrder("good-0", "good-1", "bad-0", "bad-1");
        assertThat(plan.lastSuccess()).isEqualTo("2026-01-01T09:04:30Z");
    }

    @Test
    void tellsOfAJobThatEndedAndForgetsIt() {
        Job done = job("done", "Complete", 0);
        CronJob cron = cron().withNewStatus()
                .addToActive(CronJobPlan.reference(done))
                .endStatus()
                .build();

        CronJobPlan plan = plan(cron, done);

        assertThat(plan.active()).isEmpty();
        assertThat(plan.notes())
                .extracting(Note::message)
                .containsExactly("Saw completed job: done, condition: Complete");
    }

    @Test
    void tellsOfAJobThatOthersMadeAndDoesNotTakeItForItsOwn() {
        CronJobPlan plan = plan(with("Forbid"), job("by-hand", "", 0));

        assertThat(plan.active()).isEmpty();
        assertThat(plan.due()).as("it stands in nobody's way").isPresent();
        assertThat(plan.notes())
                .containsExactly(Note.warning(
                        "UnexpectedJob", "Saw a job that the controller did not create or forgot: by-hand"));
    }

    @Test
    void tellsOfAJobThatWentMissing() {
        Job gone = job("gone", "", 0);

        CronJobPlan plan = CronJobPlan.of(with("Allow", gone), List.of(), Set.of("uid-gone"), NOW);

        assertThat(plan.active()).isEmpty();
        assertThat(plan.notes()).containsExactly(Note.normal("MissingJob", "Active job went missing: gone"));
    }

    @Test
    void aTimeThatWasStartedForIsDoneThoughTheStatusWasLost() {
        Job made = job("tick-29454360", "", 0);

        assertThat(plan(with("Allow", made), made).due()).isEmpty();
    }

    @Test
    void saysWhatItMissed() {
        CronJob cron =
                cron().editSpec().withStartingDeadlineSeconds(10L).endSpec().build();

        assertThat(CronJobPlan.of(cron, List.of(), Set.of(), Instant.parse("2026-01-01T10:00:09Z"))
                        .due())
                .isPresent();
        assertThat(plan(with("Allow")).notes()).isEmpty();
    }

    @Test
    void aZoneThatThereIsNotIsSaidAndNothingStarted() {
        CronJobPlan plan =
                plan(cron().editSpec().withTimeZone("Mars/Olympus").endSpec().build());

        assertThat(plan.due()).isEmpty();
        assertThat(plan.notes())
                .containsExactly(Note.warning(
                        "UnknownTimeZone", "invalid timeZone: \"Mars/Olympus\": unknown time zone Mars/Olympus"));
    }

    @Test
    void withoutLimitsNothingIsDeleted() {
        assertThat(CronJobPlan.outdated(cron().build(), List.of(job("a", "Complete", 0), job("b", "Failed", 1))))
                .isEmpty();
    }

    @Test
    void saysWhenTheScheduleMakesNoSense() {
        CronJobPlan plan =
                plan(cron().editSpec().withSchedule("never").endSpec().build());

        assertThat(plan.notes()).extracting(Note::reason).containsExactly("UnparseableSchedule");
    }

    @Test
    void namesAJobAfterItsMinute() {
        Job job = CronJobController.jobOf(
                cron().editSpec().withTimeZone("Europe/Berlin").endSpec().build(),
                Instant.parse("2026-01-01T10:00:00Z"));

        assertThat(job.getMetadata().getName()).isEqualTo("tick-29454360");
        assertThat(job.getMetadata().getAnnotations())
                .containsEntry("batch.kubernetes.io/cronjob-scheduled-timestamp", "2026-01-01T11:00:00+01:00");
    }

    private static CronJobPlan plan(CronJob cron, Job... jobs) {
        return CronJobPlan.of(cron, List.of(jobs), Set.of(), NOW);
    }

    private static CronJob with(String policy, Job... running) {
        return cron().editSpec()
                .withConcurrencyPolicy(policy)
                .endSpec()
                .withNewStatus()
                .withActive(Stream.of(running).map(CronJobPlan::reference).toList())
                .endStatus()
                .build();
    }

    private static CronJobBuilder cron() {
        return new CronJobBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("tick")
                .withUid("uid-tick")
                .withCreationTimestamp("2026-01-01T09:58:00Z")
                .endMetadata()
                .withNewSpec()
                .withSchedule("*/5 * * * *")
                .withNewJobTemplate()
                .endJobTemplate()
                .endSpec();
    }

    private static Job job(String name, String condition, int minute) {
        var job = new JobBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .withUid("uid-" + name)
                .withCreationTimestamp("2026-01-01T09:0%d:00Z".formatted(minute))
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withStartTime("2026-01-01T09:0%d:00Z".formatted(minute))
                .endStatus();
        return condition.isEmpty()
                ? job.build()
                : job.editStatus()
                        .withCompletionTime("2026-01-01T09:0%d:30Z".formatted(minute))
                        .addNewCondition()
                        .withType(condition)
                        .withStatus("True")
                        .endCondition()
                        .endStatus()
                        .build();
    }
}
