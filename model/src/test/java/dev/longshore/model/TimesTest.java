package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class TimesTest {

    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final long YEAR_MINUS_10 = -62_500_000_000L;
    private static final long YEAR_9999 = 253_402_300_799L;

    @Property(tries = 500)
    void printsMicrosecondsAsTheirPatternSays(
            @ForAll @LongRange(min = YEAR_MINUS_10, max = YEAR_9999) long seconds,
            @ForAll @IntRange(max = 999_999_999) int nanos) {
        Instant instant = Instant.ofEpochSecond(seconds, nanos);

        assertThat(Times.printMicros(instant)).isEqualTo(MICROS.format(instant));
    }
}
