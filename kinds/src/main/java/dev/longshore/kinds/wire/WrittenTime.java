package dev.longshore.kinds.wire;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/// A moment as messages have it: seconds since 1970 and the nanoseconds of the second.
record WrittenTime(long seconds, int nanos) {

    private static final int NANOS_A_MICRO = 1000;

    /// To the second; empty for what is no time.
    static Optional<WrittenTime> seconds(String text) {
        return parse(text).map(time -> new WrittenTime(time.getEpochSecond(), 0));
    }

    /// To the microsecond; empty for what is no time.
    static Optional<WrittenTime> micros(String text) {
        return parse(text)
                .map(time -> new WrittenTime(time.getEpochSecond(), time.getNano() / NANOS_A_MICRO * NANOS_A_MICRO));
    }

    void write(WireWriter out) {
        out.tag(1, WireReader.VARINT);
        out.varint(seconds);
        out.tag(2, WireReader.VARINT);
        out.varint(nanos);
    }

    private static Optional<Instant> parse(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException notATime) {
            return Optional.empty();
        }
    }
}
