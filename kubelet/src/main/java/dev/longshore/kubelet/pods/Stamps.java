package dev.longshore.kubelet.pods;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Times as statuses spell them.
final class Stamps {

    private Stamps() {}

    static String seconds(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
