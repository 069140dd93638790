package dev.longshore.server.config;

import java.time.Duration;

/// How often backups are taken by themselves, and how many stay.
public record SnapshotPlan(Duration every, int keep) {

    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final int MOST = 10_000;

    /// @throws IllegalArgumentException when that makes no sense
    public SnapshotPlan {
        if (every.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException("--snapshot-every: a minute is the least; write 6h or 30m");
        }
        if (keep < 1 || keep > MOST) {
            throw new IllegalArgumentException("--snapshot-keep: between 1 and " + MOST + ", not " + keep);
        }
    }
}
