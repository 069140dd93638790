package dev.longshore.controllers;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// When a CronJob is due.
sealed interface CronSchedule {

    /// The first time after `after`; empty if there is none in the next five years.
    Optional<Instant> next(Instant after);

    /// Reads five fields (minute, hour, day of month, month, day of week), a name such as `@hourly`, or `@every
    /// 90m`.
    ///
    /// @throws IllegalArgumentException when it is none of these
    static CronSchedule parse(String text, ZoneId zone) {
        Matcher zoned = Lines.ZONED.matcher(text);
        if (zoned.matches()) {
            // Written before Kubernetes had a field for it.
            return parse(zoned.group(2), ZoneId.of(zoned.group(1)));
        }
        String line = Lines.NAMED.getOrDefault(text.trim(), text.trim());
        if (line.startsWith("@every ")) {
            return new Every(Lines.duration(line.substring("@every ".length()).trim()));
        }
        String[] fields = line.split("\\s+");
        if (fields.length != 5) {
            throw new IllegalArgumentException(
                    "expected exactly 5 fields, found %d: %s".formatted(fields.length, text));
        }
        return new Calendar(
                CronField.parse(fields[0], 0, 59, List.of()),
                CronField.parse(fields[1], 0, 23, List.of()),
                CronField.parse(fields[2], 1, 31, List.of()),
                CronField.parse(fields[3], 1, 12, Lines.MONTHS),
                CronField.parse(fields[4], 0, 6, Lines.DAYS),
                zone);
    }

    /// Again and again after a fixed delay.
    record Every(Duration delay) implements CronSchedule {
        @Override
        public Optional<Instant> next(Instant after) {
            return Optional.of(after.truncatedTo(ChronoUnit.SECONDS).plus(delay));
        }
    }

    /// By the calendar of a time zone. Days match by both their fields when either is a star, else by one of
    /// them. Times that a change to summer time leaves out do not come; those that come twice come twice.
    record Calendar(CronField minute, CronField hour, CronField day, CronField month, CronField weekday, ZoneId zone)
            implements CronSchedule {

        private static final int YEARS = 5;

        @Override
        public Optional<Instant> next(Instant after) {
            ZonedDateTime from =
                    after.atZone(zone).truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
            LocalDate last = from.toLocalDate().plusYears(YEARS);
            for (LocalDate date = from.toLocalDate(); !date.isAfter(last); date = date.plusDays(1)) {
                ZonedDateTime start = date.atStartOfDay(zone);
                if (allows(date)) {
                    Optional<Instant> found = firstOf(start.isBefore(from) ? from : start, date);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
            return Optional.empty();
        }

        private boolean allows(LocalDate date) {
            boolean isDay = day.allows(date.getDayOfMonth());
            boolean isWeekday = weekday.allows(date.getDayOfWeek().getValue() % 7);
            return month.allows(date.getMonthValue())
                    && (day.isStar() || weekday.isStar() ? isDay && isWeekday : isDay || isWeekday);
        }

        /// Goes on in real time, not by what clocks on the wall say: so an hour may be left out, or come again.
        private Optional<Instant> firstOf(ZonedDateTime from, LocalDate date) {
            ZonedDateTime time = from;
            while (time.toLocalDate().equals(date)) {
                if (!hour.allows(time.getHour())) {
                    time = time.truncatedTo(ChronoUnit.HOURS).plusHours(1);
                } else if (!minute.allows(time.getMinute())) {
                    time = time.plusMinutes(1);
                } else {
                    return Optional.of(time.toInstant());
                }
            }
            return Optional.empty();
        }
    }

    /// What is written in words.
    final class Lines {
        private static final Map<String, String> NAMED = Map.of(
                "@yearly", "0 0 1 1 *",
                "@annually", "0 0 1 1 *",
                "@monthly", "0 0 1 * *",
                "@weekly", "0 0 * * 0",
                "@daily", "0 0 * * *",
                "@midnight", "0 0 * * *",
                "@hourly", "0 * * * *");
        private static final List<String> MONTHS =
                List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
        private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
        private static final Pattern ZONED = Pattern.compile("(?:CRON_)?TZ=(\\S+)\\s+(.*)");
        private static final Pattern DURATION = Pattern.compile("(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?");

        private Lines() {}

        private static Duration duration(String text) {
            Matcher parts = DURATION.matcher(text);
            if (text.isEmpty() || !parts.matches()) {
                throw new IllegalArgumentException("not a duration: " + text);
            }
            Duration sum = Duration.ofHours(part(parts.group(1)))
                    .plusMinutes(part(parts.group(2)))
                    .plusSeconds(part(parts.group(3)));
            return sum.isZero() ? Duration.ofSeconds(1) : sum;
        }

        private static long part(String digits) {
            return digits == null ? 0 : Long.parseLong(digits);
        }
    }
}
