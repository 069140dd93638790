package dev.longshore.images.distribution;

import dev.longshore.base.Time;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/// How long to wait before something is tried again: what the registry says, else ever longer.
final class Pauses {

    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final Time time;
    private final ClientSettings settings;

    Pauses(Time time, ClientSettings settings) {
        this.time = time;
        this.settings = settings;
    }

    /// The clock.
    Time time() {
        return time;
    }

    /// True if a registry that answers so may answer otherwise a little later.
    static boolean isPassing(int status) {
        return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
    }

    /// True if there may be an attempt after the `attempt`th.
    boolean mayRetry(int attempt) {
        return attempt < settings.attempts();
    }

    /// Waits after the `attempt`th attempt.
    void pause(int attempt) throws InterruptedException {
        time.sleep(usual(attempt));
    }

    /// Waits as long as `response` asks for, within reason.
    void pause(int attempt, HttpResponse<?> response) throws InterruptedException {
        Duration asked =
                response.headers().firstValue("Retry-After").map(this::read).orElse(Duration.ZERO);
        time.sleep(asked.isZero() ? usual(attempt) : shorter(asked, LONGEST));
    }

    private Duration usual(int attempt) {
        return shorter(settings.firstPause().multipliedBy(1L << Math.min(attempt - 1, 20)), LONGEST);
    }

    private Duration read(String header) {
        try {
            return header.strip().matches("[0-9]{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(header.strip()))
                    : Duration.between(
                            time.now(),
                            ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant());
        } catch (DateTimeException unreadable) {
            return Duration.ZERO;
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
