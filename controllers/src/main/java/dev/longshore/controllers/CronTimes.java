package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Which scheduled times of a CronJob have come since it last started a Job.
///
/// @param earliest from when on they are looked for
/// @param latest the last of them; empty when none has come
/// @param missed how many have come, as far as times lie evenly apart
record CronTimes(Instant earliest, Optional<Instant> latest, long missed) {

    private static final int MANY = 100;

    /// @param isLimited whether what is too late by `startingDeadlineSeconds` is left out
    static CronTimes of(CronJob cron, CronSchedule schedule, Instant now, boolean isLimited) {
        Instant earliest = earliest(cron, now, isLimited);
        Optional<Instant> first = schedule.next(earliest);
        if (first.isEmpty() || now.isBefore(first.get())) {
            return new CronTimes(earliest, Optional.empty(), 0);
        }
        Optional<Instant> second = schedule.next(first.get());
        if (second.isEmpty() || now.isBefore(second.get())) {
            return new CronTimes(earliest, first, 0);
        }
        // Not one by one: after a long absence there may be millions.
        long apart = Math.max(
                1, Math.round(Duration.between(first.get(), second.get()).toMillis() / 1000.0));
        long missed = Duration.between(first.get(), now).toSeconds() / apart + 1;
        Instant from = first.get().plusSeconds((missed - 2) * apart);
        Optional<Instant> latest = Optional.empty();
        for (var time = schedule.next(from);
                time.isPresent() && !time.get().isAfter(now);
                time = schedule.next(time.get())) {
            latest = time;
        }
        return new CronTimes(earliest, latest, missed);
    }

    /// So many that something must be wrong.
    boolean areTooMany() {
        return missed > MANY;
    }

    boolean isNothingMissed() {
        return missed == 0;
    }

    private static Instant earliest(CronJob cron, Instant now, boolean isLimited) {
        String last = cron.getStatus() == null ? null : cron.getStatus().getLastScheduleTime();
        Instant earliest =
                Instant.parse(last != null ? last : cron.getMetadata().getCreationTimestamp());
        Long deadline = cron.getSpec().getStartingDeadlineSeconds();
        Instant limit = deadline == null || !isLimited ? earliest : now.minusSeconds(deadline);
        return limit.isAfter(earliest) ? limit : earliest;
    }
}
