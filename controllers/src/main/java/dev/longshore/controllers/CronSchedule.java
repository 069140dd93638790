package dev.longshore.controllers;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
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
    /// them. Times that a change to summer time leaves out do not come; those that come twice come once.
    record Calendar(CronField minute, CronField hour, CronField day, CronField month, CronField weekday, ZoneId zone)
            implements CronSchedule {

        private static final int YEARS = 5;

        @Override
        public Optional<Instant> next(Instant after) {
            LocalDateTime from = LocalDateTime.ofInstant(after, zone);
            LocalDate last = from.toLocalDate().plusYears(YEARS);
            for (LocalDate date = from.toLocalDate(); !date.isAfter(last); date = date.plusDays(1)) {
                if (allows(date)) {
                    Optional<Instant> found = firstOf(date, after);
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

        private Optional<Instant> firstOf(LocalDate date, Instant after) {
            for (int h = hour.values().nextSetBit(0); h >= 0; h = hour.values().nextSetBit(h + 1)) {
                for (int m = minute.values().nextSetBit(0);
                        m >= 0;
                        m = minute.values().nextSetBit(m + 1)) {
                    LocalDateTime local = date.atTime(h, m);
                    ZonedDateTime zoned = local.atZone(zone);
                    if (zoned.toLocalDateTime().equals(local)
                            && zoned.toInstant().isAfter(after)) {
                        return Optional.of(zoned.toInstant());
                    }
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
