package dev.longshore.docker;

import java.time.Duration;
import tools.jackson.databind.JsonNode;

/// When a container that has ended is started again.
///
/// @param name `no`, `on-failure`, `always` or `unless-stopped`
/// @param most how often in a row after failures; 0 for ever
record RestartPolicy(String name, int most) {

    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    /// What ran this long has recovered: waiting begins anew.
    private static final Duration RECOVERED = Duration.ofSeconds(10);

    static RestartPolicy of(JsonNode tree) {
        String name = tree.path("Name").asString("");
        return new RestartPolicy(
                name.isEmpty() ? "no" : name, tree.path("MaximumRetryCount").asInt(0));
    }

    /// Refuses what makes no sense.
    void check(boolean removesItself) {
        switch (name) {
            case "no", "always", "unless-stopped" -> {
                if (most != 0) {
                    throw EngineException.invalid(
                            "invalid restart policy: maximum retry count can only be used with 'on-failure'"
                                    + (most < 0 ? " and cannot be negative" : ""));
                }
            }
            case "on-failure" -> {
                if (most < 0) {
                    throw EngineException.invalid("invalid restart policy: maximum retry count cannot be negative");
                }
            }
            default ->
                throw EngineException.invalid("invalid restart policy: unknown policy '" + name
                        + "'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'");
        }
        if (removesItself && !name.equals("no")) {
            throw EngineException.invalid("can't create 'AutoRemove' container with restart policy");
        }
    }

    /// Whether a container that has ended with `exitCode` after `restarts` restarts goes on.
    ///
    /// @param wasStopped whether a person has stopped it
    boolean restarts(int exitCode, int restarts, boolean wasStopped) {
        return switch (name) {
            case "always" -> !wasStopped;
            case "unless-stopped" -> !wasStopped;
            case "on-failure" -> !wasStopped && exitCode != 0 && (most == 0 || restarts < most);
            default -> false;
        };
    }

    /// Whether it is started when the engine starts and it does not run.
    boolean startsWithEngine(int exitCode, int restarts, boolean wasStopped) {
        return name.equals("always") || restarts(exitCode, restarts, wasStopped);
    }

    /// How long to wait, after waiting `before` the last time and running for `ran`.
    static Duration delay(Duration before, Duration ran) {
        if (before.isZero() || ran.compareTo(RECOVERED) >= 0) {
            return FIRST;
        }
        Duration twice = before.multipliedBy(2);
        return twice.compareTo(LONGEST) > 0 ? LONGEST : twice;
    }
}
