package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Small texts and numbers by which Docker's clients tell things apart.
class DockersWordsTest {

    @ParameterizedTest
    @CsvSource({
        "0, Less than a second",
        "1, 1 second",
        "59, 59 seconds",
        "60, About a minute",
        "119, About a minute",
        "120, 2 minutes",
        "3599, 59 minutes",
        "3600, About an hour",
        "7200, 2 hours",
        "172800, 2 days",
        "1209600, 2 weeks",
        "5184000, 2 months",
        "63072000, 2 years"
    })
    void spansAreToldInTheLargestUnitThatSaysEnough(long seconds, String words) {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");

        assertThat(StatusText.span(now.minusSeconds(seconds), now)).isEqualTo(words);
    }

    @Test
    void aProgramThatIsNotThereIsToldFromOneThatMayNotRun() {
        var absent =
                LaunchFailure.of("executable file `nosuch` not found in $PATH: No such file or directory", "nosuch");
        var forbidden = LaunchFailure.of("open executable: Permission denied", "/data");
        var other = LaunchFailure.of("mount `proc`: Operation not permitted", "sh");

        assertThat(absent.exitCode()).isEqualTo(127);
        assertThat(absent.ofTask()).endsWith("exec: \"nosuch\": executable file not found in $PATH: unknown");
        assertThat(forbidden.exitCode()).isEqualTo(126);
        assertThat(forbidden.ofExec()).endsWith("exec: \"/data\": permission denied: unknown");
        assertThat(other.exitCode()).isEqualTo(128);
        assertThat(other.isWrongRequest()).isFalse();
    }

    @Test
    void pausesBetweenStartsDoubleUpToAMinuteAndBeginAnewAfterALongRun() {
        Duration shortRun = Duration.ofSeconds(1);

        assertThat(RestartPolicy.delay(Duration.ZERO, shortRun)).isEqualTo(Duration.ofMillis(100));
        assertThat(RestartPolicy.delay(Duration.ofMillis(100), shortRun)).isEqualTo(Duration.ofMillis(200));
        assertThat(RestartPolicy.delay(Duration.ofSeconds(51), shortRun)).isEqualTo(Duration.ofMinutes(1));
        assertThat(RestartPolicy.delay(Duration.ofSeconds(51), Duration.ofSeconds(10)))
                .isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void topShowsOnlyTheContainersOwnProcesses() {
        var table = StatsRoutes.table(
                List.of("UID PID CMD", "root 1 init", "root 42 sleep 1000", "root 421 other"), List.of(42));

        assertThat(table.path("Titles").toString()).isEqualTo("[\"UID\",\"PID\",\"CMD\"]");
        assertThat(table.path("Processes").toString()).isEqualTo("[[\"root\",\"42\",\"sleep 1000\"]]");
    }

    @Test
    void fileModesAreGos() {
        assertThat(PathStat.mode(0040755)).isEqualTo(1L << 31 | 0755);
        assertThat(PathStat.mode(0120777)).isEqualTo(1L << 27 | 0777);
        assertThat(PathStat.mode(0104755)).isEqualTo(1L << 23 | 0755);
    }

    @Test
    void timesOfRequestsAreSecondsStampsOrSpans() {
        Instant now = Instant.parse("2026-01-01T00:10:00Z");

        assertThat(JsonFields.moment("1767225600.5", now)).contains(Instant.parse("2026-01-01T00:00:00.5Z"));
        assertThat(JsonFields.moment("2026-01-01T00:00:00Z", now)).contains(Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(JsonFields.moment("10m", now)).contains(Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(JsonFields.moment("", now)).isEmpty();
    }

    @Test
    void limitsBecomeCgroupNumbers() {
        var resources = ContainerSpecs.resources(Json.object()
                .put("NanoCpus", 500_000_000L)
                .put("Memory", 64L << 20)
                .put("PidsLimit", -1));

        assertThat(resources.cpuQuotaMicros()).hasValue(50_000);
        assertThat(resources.cpuPeriodMicros()).hasValue(100_000);
        assertThat(resources.memoryLimitBytes()).hasValue(64L << 20);
        assertThat(resources.pidsLimit()).hasValue(-1);
    }
}
