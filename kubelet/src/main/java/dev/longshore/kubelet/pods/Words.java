package dev.longshore.kubelet.pods;

import java.time.Duration;

/// Spans as messages spell them.
final class Words {

    private static final int MINUTE = 60;

    private Words() {}

    /// `40s`, `2m40s`, `5m0s`.
    static String span(Duration span) {
        long seconds = span.toSeconds();
        return seconds < MINUTE ? seconds + "s" : "%dm%ds".formatted(seconds / MINUTE, seconds % MINUTE);
    }
}
