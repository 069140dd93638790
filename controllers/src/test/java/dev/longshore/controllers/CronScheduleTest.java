package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronScheduleTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* * * * *       | 2026-01-01T00:01:00Z",
                "*/15 * * * *    | 2026-01-01T00:15:00Z",
                "5/20 3 * * *    | 2026-01-01T03:05:00Z",
                "0 9-17/4 * * *  | 2026-01-01T09:00:00Z",
                "0 0 29 2 *      | 2028-02-29T00:00:00Z",
                "30 6 * * MON    | 2026-01-05T06:30:00Z",
                "0 12 * jun-aug 0| 2026-06-07T12:00:00Z",
                "0 0 13 * 5      | 2026-01-02T00:00:00Z",
                "0 0 1,15 * ?    | 2026-01-15T00:00:00Z",
                "@hourly         | 2026-01-01T01:00:00Z",
                "@weekly         | 2026-01-04T00:00:00Z",
                "@every 1h30m    | 2026-01-01T01:30:30Z"
            })
    void isNextDue(String line, Instant expected) {
        assertThat(CronSchedule.parse(line, ZoneOffset.UTC).next(Instant.parse("2026-01-01T00:00:30Z")))
                .contains(expected);
    }

    @Test
    void followsItsTimeZone() {
        CronSchedule morning = CronSchedule.parse("0 8 * * *", ZoneId.of("Europe/Berlin"));

        assertThat(morning.next(Instant.parse("2026-01-01T07:00:00Z"))).contains(Instant.parse("2026-01-02T07:00:00Z"));
        assertThat(morning.next(Instant.parse("2026-07-01T00:00:00Z"))).contains(Instant.parse("2026-07-01T06:00:00Z"));
    }

    @Test
    void leavesOutTimesThatSummerTimeSkips() {
        CronSchedule night = CronSchedule.parse("30 2 * * *", ZoneId.of("Europe/Berlin"));

        assertThat(night.next(Instant.parse("2026-03-28T12:00:00Z"))).contains(Instant.parse("2026-03-30T00:30:00Z"));
    }

    @Test
    void comesTwiceWhereAnHourComesTwice() {
        CronSchedule night = CronSchedule.parse("30 2 * * *", ZoneId.of("Europe/Berlin"));
        CronSchedule hourly = CronSchedule.parse("30 * * * *", ZoneId.of("Europe/Berlin"));
        Instant first = Instant.parse("2026-10-25T00:30:00Z");
        Instant second = Instant.parse("2026-10-25T01:30:00Z");

        assertThat(night.next(Instant.parse("2026-10-24T12:00:00Z"))).contains(first);
        assertThat(night.next(first)).contains(second);
        assertThat(night.next(second)).contains(Instant.parse("2026-10-26T01:30:00Z"));
        assertThat(hourly.next(first)).contains(second);
        assertThat(hourly.next(second)).contains(Instant.parse("2026-10-25T02:30:00Z"));
    }

    @Test
    void hoursGoOnWhereOneIsLeftOut() {
        CronSchedule hourly = CronSchedule.parse("0 * * * *", ZoneId.of("Europe/Berlin"));

        assertThat(hourly.next(Instant.parse("2026-03-29T00:00:00Z"))).contains(Instant.parse("2026-03-29T01:00:00Z"));
    }

    @Test
    void mayCarryItsZoneInItsLineAsItOnceDid() {
        assertThat(CronSchedule.parse("TZ=Europe/Berlin 0 8 * * *", ZoneOffset.UTC)
                        .next(Instant.parse("2026-01-01T00:00:00Z")))
                .contains(Instant.parse("2026-01-01T07:00:00Z"));
    }

    @Test
    void mayNeverBeDue() {
        assertThat(CronSchedule.parse("0 0 31 2 *", ZoneOffset.UTC).next(Instant.EPOCH))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "60 * * * *",
                "* * 0 * *",
                "* * * * 7",
                "a * * * *",
                "5-1 * * * *",
                "*/0 * * * *",
                "@every x",
                "@now"
            })
    void refusesWhatIsNoSchedule(String line) {
        assertThatIllegalArgumentException().isThrownBy(() -> CronSchedule.parse(line, ZoneOffset.UTC));
    }
}
