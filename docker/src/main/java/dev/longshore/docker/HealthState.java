package dev.longshore.docker;

import dev.longshore.base.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How healthy a container is.
///
/// @param status `starting`, `healthy` or `unhealthy`
/// @param failures in a row
/// @param log the last probes
record HealthState(String status, int failures, List<Probe> log) {

    private static final int KEPT = 5;

    static final HealthState STARTING = new HealthState("starting", 0, List.of());

    HealthState {
        log = List.copyOf(log);
    }

    /// One look.
    record Probe(Instant start, Instant end, int exitCode, String output) {}

    HealthState after(Probe probe, String now, int failuresNow) {
        var probes = new ArrayList<>(log);
        probes.add(probe);
        return new HealthState(now, failuresNow, probes.subList(Math.max(0, probes.size() - KEPT), probes.size()));
    }

    /// What is said of a container that nobody looks after any more.
    HealthState unwatched() {
        return new HealthState("unhealthy", failures, log);
    }

    /// As it was written down, in the form that clients see.
    static Optional<HealthState> of(JsonNode tree) {
        if (!tree.isObject()) {
            return Optional.empty();
        }
        var log = new ArrayList<Probe>();
        tree.path("Log")
                .forEach(probe -> log.add(new Probe(
                        JsonFields.time(probe.path("Start").asString("")),
                        JsonFields.time(probe.path("End").asString("")),
                        probe.path("ExitCode").asInt(0),
                        probe.path("Output").asString(""))));
        return Optional.of(new HealthState(
                tree.path("Status").asString("starting"),
                tree.path("FailingStreak").asInt(0),
                log));
    }

    ObjectNode shown() {
        ObjectNode tree = Json.object().put("Status", status).put("FailingStreak", failures);
        var list = tree.putArray("Log");
        log.forEach(probe -> list.addObject()
                .put("Start", JsonFields.time(probe.start()))
                .put("End", JsonFields.time(probe.end()))
                .put("ExitCode", probe.exitCode())
                .put("Output", probe.output()));
        return tree;
    }
}
