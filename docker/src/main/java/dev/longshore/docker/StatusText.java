package dev.longshore.docker;

import java.time.Duration;
import java.time.Instant;

/// The words of `docker ps` for where a container is in its life.
final class StatusText {

    private static final long MINUTE = 60;
    private static final long HOUR = 3600;
    private static final long DAY = 24;
    private static final long WEEK = 7 * DAY;
    private static final long MONTH = 30 * DAY;
    private static final long YEAR = 365 * DAY;

    private StatusText() {}

    static String of(EngineContainer container, Instant now) {
        RunState state = container.state();
        return switch (state.status()) {
            case CREATED -> "Created";
            case RUNNING -> "Up " + span(state.startedAt(), now) + health(container);
            case PAUSED -> "Up " + span(state.startedAt(), now) + " (Paused)";
            case RESTARTING -> "Restarting (" + state.exitCode() + ") " + span(state.finishedAt(), now) + " ago";
            case REMOVING -> "Removal In Progress";
            case EXITED ->
                state.finishedAt().equals(Instant.EPOCH)
                        ? "Created"
                        : "Exited (" + state.exitCode() + ") " + span(state.finishedAt(), now) + " ago";
            case DEAD -> "Dead";
        };
    }

    private static String health(EngineContainer container) {
        return container
                .health()
                .map(health ->
                        health.status().equals("starting") ? " (health: starting)" : " (" + health.status() + ")")
                .orElse("");
    }

    /// How long ago, in the largest unit that says enough.
    static String span(Instant from, Instant to) {
        long seconds = Math.max(0, Duration.between(from, to).toSeconds());
        long hours = Math.round((double) seconds / HOUR);
        if (seconds < 1) {
            return "Less than a second";
        } else if (seconds == 1) {
            return "1 second";
        } else if (seconds < MINUTE) {
            return seconds + " seconds";
        } else if (seconds < 2 * MINUTE) {
            return "About a minute";
        } else if (seconds < HOUR) {
            return seconds / MINUTE + " minutes";
        } else if (hours == 1) {
            return "About an hour";
        } else if (hours < 2 * DAY) {
            return hours + " hours";
        } else if (hours < 2 * WEEK) {
            return hours / DAY + " days";
        } else if (hours < 2 * MONTH) {
            return hours / WEEK + " weeks";
        } else if (hours < 2 * YEAR) {
            return hours / MONTH + " months";
        }
        return hours / YEAR + " years";
    }
}
