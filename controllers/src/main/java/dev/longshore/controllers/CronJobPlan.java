package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What is to be done for a CronJob now, worked out from its Jobs and the time.
///
/// @param active references to its unfinished Jobs; those that others made are not among them
/// @param lastSuccess when a Job of it last succeeded, as in the status; may be null
/// @param due the scheduled time for which a Job is to be made
/// @param replaced unfinished Jobs that make room for it
/// @param next when to look again
record CronJobPlan(
        List<ObjectReference> active,
        String lastSuccess,
        Optional<Instant> due,
        List<ObjectReference> replaced,
        Optional<Duration> next,
        List<Note> notes) {

    private static final Duration PAST_THE_MINUTE = Duration.ofMillis(100);

    /// As Go writes it, with the zone as a number.
    private static final DateTimeFormatter RFC_1123 =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.ROOT);

    /// @param missing uids of Jobs in the status that the server does not know
    static CronJobPlan of(CronJob cron, List<Job> jobs, Set<String> missing, Instant now) {
        var draft = new Draft(cron, jobs, missing, now);
        draft.look();
        return draft.schedule();
    }

    private static final class Draft {
        private final CronJob cron;
        private final List<Job> jobs;
        private final Set<String> missing;
        private final Instant now;
        private final List<ObjectReference> active;
        private final List<Note> notes = new ArrayList<>();
        private String lastSuccess;

        Draft(CronJob cron, List<Job> jobs, Set<String> missing, Instant now) {
            this.cron = cron;
            this.jobs = jobs;
            this.missing = missing;
            this.now = now;
            this.active = new ArrayList<>(CronJobPlan.active(cron));
            this.lastSuccess =
                    cron.getStatus() == null ? null : cron.getStatus().getLastSuccessfulTime();
        }

        /// What became of its Jobs.
        void look() {
            for (Job job : jobs) {
                boolean isKnown = isActive(cron, job);
                Optional<JobCondition> end = JobConditions.finished(job);
                if (end.isEmpty() && !isKnown) {
                    notes.add(Note.warning(
                            "UnexpectedJob",
                            "Saw a job that the controller did not create or forgot: "
                                    + job.getMetadata().getName()));
                }
                if (end.isPresent() && isKnown) {
                    active.removeIf(reference ->
                            reference.getUid().equals(job.getMetadata().getUid()));
                    notes.add(Note.normal(
                            "SawCompletedJob",
                            "Saw completed job: %s, condition: %s"
                                    .formatted(
                                            job.getMetadata().getName(),
                                            end.get().getType())));
                }
                end.filter(condition -> condition.getType().equals(JobConditions.COMPLETE))
                        .map(condition -> job.getStatus().getCompletionTime())
                        .filter(time ->
                                lastSuccess == null || Instant.parse(time).isAfter(Instant.parse(lastSuccess)))
                        .ifPresent(time -> lastSuccess = time);
            }
            for (ObjectReference reference : CronJobPlan.active(cron)) {
                if (missing.contains(reference.getUid())) {
                    active.remove(reference);
                    notes.add(Note.normal("MissingJob", "Active job went missing: " + reference.getName()));
                }
            }
        }

        /// Whether another is due.
        CronJobPlan schedule() {
            if (Keys.isBeingDeleted(cron)) {
                return waiting(Optional.empty());
            }
            try {
                zone(cron);
            } catch (DateTimeException unknown) {
                String zone = cron.getSpec().getTimeZone();
                notes.add(Note.warning(
                        "UnknownTimeZone", "invalid timeZone: \"%s\": unknown time zone %s".formatted(zone, zone)));
                return waiting(Optional.empty());
            }
            if (Boolean.TRUE.equals(cron.getSpec().getSuspend())) {
                return waiting(Optional.empty());
            }
            String line = cron.getSpec().getSchedule();
            if (line.contains("TZ")) {
                notes.add(Note.warning(
                        "UnsupportedSchedule",
                        ("CRON_TZ or TZ used in schedule \"%s\" is not officially supported, see"
                                        + " https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details")
                                .formatted(line)));
            }
            CronSchedule schedule;
            try {
                schedule = CronSchedule.parse(line, zone(cron));
            } catch (IllegalArgumentException | DateTimeException broken) {
                notes.add(Note.warning(
                        "UnparseableSchedule",
                        "unparseable schedule: \"%s\" : %s".formatted(line, broken.getMessage())));
                return waiting(Optional.empty());
            }
            return scheduled(schedule);
        }

        private CronJobPlan scheduled(CronSchedule schedule) {
            CronTimes times = CronTimes.of(cron, schedule, now, true);
            Optional<Duration> next = until(cron, schedule, now);
            if (times.latest().isEmpty()) {
                return waiting(next);
            }
            Instant due = times.latest().get();
            if (times.areTooMany()) {
                notes.add(
                        Note.warning(
                                "TooManyMissedTimes",
                                "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"));
            }
            Long deadline = cron.getSpec().getStartingDeadlineSeconds();
            if (deadline != null && due.plusSeconds(deadline).isBefore(now)) {
                notes.add(Note.warning(
                        "MissSchedule",
                        "Missed scheduled time to start a job: " + RFC_1123.format(due.atOffset(ZoneOffset.UTC))));
                return waiting(next);
            }
            String policy = Objects.requireNonNullElse(cron.getSpec().getConcurrencyPolicy(), "Allow");
            if (isDone(due)) {
                return waiting(next);
            }
            if (policy.equals("Forbid") && !active.isEmpty()) {
                notes.add(Note.normal(
                        "JobAlreadyActive",
                        "Not starting job because prior execution is running and concurrency policy is Forbid"));
                return waiting(next);
            }
            List<ObjectReference> replaced = policy.equals("Replace") ? List.copyOf(active) : List.of();
            return new CronJobPlan(
                    List.copyOf(active), lastSuccess, Optional.of(due), replaced, next, List.copyOf(notes));
        }

        private boolean isDone(Instant due) {
            String last = cron.getStatus() == null ? null : cron.getStatus().getLastScheduleTime();
            return last != null && Instant.parse(last).equals(due)
                    || active.stream().anyMatch(reference -> reference.getName().equals(jobName(cron, due)));
        }

        private CronJobPlan waiting(Optional<Duration> next) {
            return new CronJobPlan(
                    List.copyOf(active), lastSuccess, Optional.empty(), List.of(), next, List.copyOf(notes));
        }
    }

    /// How long until the next time that is scheduled.
    static Optional<Duration> until(CronJob cron, CronSchedule schedule, Instant now) {
        CronTimes times = CronTimes.of(cron, schedule, now, false);
        Instant from = times.latest().orElse(times.isNothingMissed() ? times.earliest() : now);
        return schedule.next(from).map(next -> Duration.between(now, next).plus(PAST_THE_MINUTE));
    }

    /// The name tells the scheduled minute, so that the same one is never made twice.
    static String jobName(CronJob cron, Instant due) {
        return cron.getMetadata().getName() + "-" + due.getEpochSecond() / 60;
    }

    /// True if the status names `job` as unfinished.
    static boolean isActive(CronJob cron, Job job) {
        return active(cron).stream()
                .anyMatch(reference -> job.getMetadata().getUid().equals(reference.getUid()));
    }

    /// Finished Jobs beyond the history limits, those that started first.
    static List<Job> outdated(CronJob cron, List<Job> jobs) {
        return Stream.concat(
                        beyond(jobs, JobConditions.COMPLETE, cron.getSpec().getSuccessfulJobsHistoryLimit()),
                        beyond(jobs, JobConditions.FAILED, cron.getSpec().getFailedJobsHistoryLimit()))
                .toList();
    }

    private static Stream<Job> beyond(List<Job> jobs, String condition, Integer limit) {
        List<Job> finished = jobs.stream()
                .filter(job -> JobConditions.isTrue(job.getStatus(), condition) && !Keys.isBeingDeleted(job))
                .sorted(Comparator.comparing(
                                (Job job) -> Optional.ofNullable(job.getStatus().getStartTime())
                                        .map(Instant::parse)
                                        .orElse(Instant.MAX))
                        .thenComparing(job -> job.getMetadata().getName()))
                .toList();
        return limit == null ? Stream.empty() : finished.stream().limit(Math.max(0, finished.size() - limit));
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
}
