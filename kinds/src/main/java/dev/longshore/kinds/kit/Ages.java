package dev.longshore.kinds.kit;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/// Spans of time as kubectl shows them: `90s`, `5m30s`, `3h`, `2d4h`.
public final class Ages {

    private static final String UNKNOWN = "<unknown>";
    private static final long HOURS_A_DAY = 24;
    private static final long DAYS_A_YEAR = 365;

    private Ages() {}

    /// How long ago `stamp` (RFC 3339) was.
    public static String since(String stamp, Instant now) {
        if (stamp.isEmpty()) {
            return UNKNOWN;
        }
        try {
            return shown(Duration.between(Instant.parse(stamp), now));
        } catch (DateTimeParseException notATime) {
            return UNKNOWN;
        }
    }

    /// `span`, with about two digits of precision.
    public static String shown(Duration span) {
        long seconds = span.toSeconds();
        if (seconds < -1) {
            return "<invalid>";
        }
        if (seconds < 0) {
            return "0s";
        }
        if (seconds < 120) {
            return seconds + "s";
        }
        long minutes = span.toMinutes();
        if (minutes < 10) {
            return two(minutes, "m", seconds % 60, "s");
        }
        if (minutes < 180) {
            return minutes + "m";
        }
        long hours = span.toHours();
        if (hours < 8) {
            return two(hours, "h", minutes % 60, "m");
        }
        if (hours < 48) {
            return hours + "h";
        }
        long days = hours / HOURS_A_DAY;
        if (days < 8) {
            return two(days, "d", hours % HOURS_A_DAY, "h");
        }
        if (days < 2 * DAYS_A_YEAR) {
            return days + "d";
        }
        long years = days / DAYS_A_YEAR;
        return years < 8 ? two(years, "y", days % DAYS_A_YEAR, "d") : years + "y";
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return small == 0 ? large + largeUnit : large + largeUnit + small + smallUnit;
    }
}
