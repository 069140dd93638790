package dev.longshore.model;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Points in time as objects spell them: RFC 3339, UTC, to the second (or, in a few places, the microsecond).
public final class Times {

    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final int LAST_YEAR = 9999;
    private static final int NANOS_OF_MICRO = 1000;

    private Times() {}

    /// To the second.
    public static String print(Instant instant) {
        return SECONDS.format(instant.truncatedTo(ChronoUnit.SECONDS));
    }

    /// To the microsecond.
    public static String printMicros(Instant instant) {
        LocalDateTime at = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), ZoneOffset.UTC);
        if (at.getYear() < 0 || at.getYear() > LAST_YEAR) {
            return MICROS.format(instant);
        }
        // By hand: the audit log has two of them for every request.
        byte[] text = "0000-00-00T00:00:00.000000Z".getBytes(StandardCharsets.US_ASCII);
        digits(text, 4, at.getYear());
        digits(text, 7, at.getMonthValue());
        digits(text, 10, at.getDayOfMonth());
        digits(text, 13, at.getHour());
        digits(text, 16, at.getMinute());
        digits(text, 19, at.getSecond());
        digits(text, 26, at.getNano() / NANOS_OF_MICRO);
        return new String(text, StandardCharsets.US_ASCII);
    }

    /// Writes `number` so that it ends before `end`.
    private static void digits(byte[] text, int end, int number) {
        int rest = number;
        for (int at = end - 1; rest > 0; at--) {
            text[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /// The point in time that `text` spells, if it does.
    public static Optional<Instant> parse(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException notATime) {
            return Optional.empty();
        }
    }

    static Optional<String> normalize(String text, boolean isMicro) {
        return parse(text).map(instant -> isMicro ? printMicros(instant) : print(instant));
    }
}
