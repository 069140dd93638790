package dev.longshore.controllers;

import dev.longshore.client.EventRecorder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// What is to be done for a CronJob now, worked out from its Jobs and the time.
///
/// @param active references to its unfinished Jobs
/// @param lastSuccess when a Job of it last succeeded, as in the status; may be null
/// @param due the scheduled time for which a Job is to be made
/// @param replaced unfinished Jobs that make room for it
/// @param outdated finished Jobs beyond the history limits
/// @param next when to look again
record CronJobPlan(
        List<ObjectReference> active,
        String lastSuccess,
        Optional<Instant> due,
        List<Job> replaced,
        List<Job> outdated,
        Optional<Duration> next,
        List<Note> notes) {

    private static final int MOST_MISSED = 100;
    private static final int DEFAULT_SUCCESSES = 3;
    private static final int DEFAULT_FAILURES = 1;

    /// Something for people to know.
    record Note(EventRecorder.Type type, String reason, String message) {}

    static CronJobPlan of(CronJob cron, List<Job> jobs, Instant now) {
        List<Job> running =
                jobs.stream().filter(job -> !JobConditions.isFinished(job)).toList();
        var notes = new ArrayList<>(completions(cron, jobs));
        List<ObjectReference> active =
                running.stream().map(job -> known(cron, job)).toList();
        var idle = new CronJobPlan(
                active,
                lastSuccess(cron, jobs),
                Optional.empty(),
                List.of(),
                outdated(cron, jobs),
                Optional.empty(),
                notes);
        if (Keys.isBeingDeleted(cron) || Boolean.TRUE.equals(cron.getSpec().getSuspend())) {
            return idle;
        }
        CronSchedule schedule;
        try {
            schedule = CronSchedule.parse(cron.getSpec().getSchedule(), zone(cron));
        } catch (IllegalArgumentException | DateTimeException broken) {
            notes.add(warning(
                    "UnparseableSchedule",
                    "unparseable schedule: %s : %s".formatted(cron.getSpec().getSchedule(), broken.getMessage())));
            return idle;
        }
        return idle.scheduled(cron, schedule, running, now);
    }

    private CronJobPlan scheduled(CronJob cron, CronSchedule schedule, List<Job> running, Instant now) {
        CronJobPlan waiting = new CronJobPlan(
                active,
                lastSuccess,
                Optional.empty(),
                List.of(),
                outdated,
                schedule.next(now).map(next -> Duration.between(now, next)),
                notes);
        Optional<Instant> latest = latest(cron, schedule, now);
        if (latest.isEmpty()) {
            return waiting;
        }
        Long deadline = cron.getSpec().getStartingDeadlineSeconds();
        if (deadline != null && latest.get().plusSeconds(deadline).isBefore(now)) {
            notes.add(warning("MissSchedule", "Missed scheduled time to start a job: " + latest.get()));
            return waiting;
        }
        String policy = Objects.requireNonNullElse(cron.getSpec().getConcurrencyPolicy(), "Allow");
        if (policy.equals("Forbid") && !running.isEmpty()) {
            notes.add(new Note(
                    EventRecorder.Type.NORMAL,
                    "JobAlreadyActive",
                    "Not starting job because prior execution is running and concurrency policy is Forbid"));
            return waiting;
        }
        return new CronJobPlan(
                active,
                lastSuccess,
                latest,
                policy.equals("Replace") ? running : List.of(),
                outdated,
                waiting.next,
                notes);
    }

    /// The latest scheduled time that has come and for which no Job was made.
    private Optional<Instant> latest(CronJob cron, CronSchedule schedule, Instant now) {
        String last = cron.getStatus() == null ? null : cron.getStatus().getLastScheduleTime();
        Instant from = Instant.parse(last != null ? last : cron.getMetadata().getCreationTimestamp());
        Long deadline = cron.getSpec().getStartingDeadlineSeconds();
        if (deadline != null && now.minusSeconds(deadline).isAfter(from)) {
            from = now.minusSeconds(deadline);
        }
        Optional<Instant> latest = Optional.empty();
        int missed = 0;
        for (var time = schedule.next(from); time.isPresent() && !time.get().isAfter(now); ) {
            latest = time;
            missed++;
            if (missed > MOST_MISSED) {
                return latestOfMany(schedule, now);
            }
            time = schedule.next(time.get());
        }
        return latest;
    }

    /// After a long absence: looks back from now in growing steps rather than forward through all that was
    /// missed.
    private Optional<Instant> latestOfMany(CronSchedule schedule, Instant now) {
        notes.add(warning(
                "TooManyMissedTimes",
                "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"));
        for (Duration back = Duration.ofMinutes(2); ; back = back.multipliedBy(2)) {
            Optional<Instant> found = Optional.empty();
            for (var time = schedule.next(now.minus(back));
                    time.isPresent() && !time.get().isAfter(now); ) {
                found = time;
                time = schedule.next(time.get());
            }
            if (found.isPresent()) {
                return found;
            }
        }
    }

    private static List<Note> completions(CronJob cron, List<Job> jobs) {
        return jobs.stream()
                .filter(job -> wasActive(cron, job))
                .flatMap(job -> JobConditions.finished(job)
                        .map(condition -> new Note(
                                EventRecorder.Type.NORMAL,
                                "SawCompletedJob",
                                "Saw completed job: %s, condition: %s"
                                        .formatted(job.getMetadata().getName(), condition.getType())))
                        .stream())
                .toList();
    }

    private static boolean wasActive(CronJob cron, Job job) {
        return active(cron).stream()
                .anyMatch(reference -> job.getMetadata().getUid().equals(reference.getUid()));
    }

    private static String lastSuccess(CronJob cron, List<Job> jobs) {
        CronJobStatus before = cron.getStatus() == null ? new CronJobStatus() : cron.getStatus();
        return Stream.concat(
                        Stream.ofNullable(before.getLastSuccessfulTime()),
                        jobs.stream()
                                .filter(job -> JobConditions.isTrue(job.getStatus(), JobConditions.COMPLETE))
                                .map(job -> job.getStatus().getCompletionTime())
                                .filter(Objects::nonNull))
                .max(Comparator.comparing(Instant::parse))
                .orElse(null);
    }

    private static List<Job> outdated(CronJob cron, List<Job> jobs) {
        Integer successes = cron.getSpec().getSuccessfulJobsHistoryLimit();
        Integer failures = cron.getSpec().getFailedJobsHistoryLimit();
        return Stream.concat(
                        beyond(jobs, JobConditions.COMPLETE, successes == null ? DEFAULT_SUCCESSES : successes),
                        beyond(jobs, JobConditions.FAILED, failures == null ? DEFAULT_FAILURES : failures))
                .toList();
    }

    private static Stream<Job> beyond(List<Job> jobs, String condition, int limit) {
        return jobs.stream()
                .filter(job -> JobConditions.isTrue(job.getStatus(), condition) && !Keys.isBeingDeleted(job))
                .sorted(Comparator.comparing(
                                (Job job) -> Objects.requireNonNullElse(
                                        job.getStatus().getStartTime(),
                                        job.getMetadata().getCreationTimestamp()),
                                Comparator.comparing(Instant::parse))
                        .thenComparing(job -> job.getMetadata().getName())
                        .reversed())
                .skip(limit);
    }

    /// The reference that the status has already, so that it does not change with every change of the Job.
    private static ObjectReference known(CronJob cron, Job job) {
        return active(cron).stream()
                .filter(reference -> job.getMetadata().getUid().equals(reference.getUid()))
                .findFirst()
                .orElseGet(() -> reference(job));
    }

    static List<ObjectReference> active(CronJob cron) {
        return cron.getStatus() == null ? List.of() : cron.getStatus().getActive();
    }

    static ObjectReference reference(Job job) {
        return new ObjectReferenceBuilder()
                .withApiVersion(job.getApiVersion())
                .withKind(job.getKind())
                .withNamespace(job.getMetadata().getNamespace())
                .withName(job.getMetadata().getName())
                .withUid(job.getMetadata().getUid())
                .withResourceVersion(job.getMetadata().getResourceVersion())
                .build();
    }

    static ZoneId zone(CronJob cron) {
        String zone = cron.getSpec().getTimeZone();
        return zone == null ? ZoneId.of("UTC") : ZoneId.of(zone);
    }

    private static Note warning(String reason, String message) {
        return new Note(EventRecorder.Type.WARNING, reason, message);
    }
}
