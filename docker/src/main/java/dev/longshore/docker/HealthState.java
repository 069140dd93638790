package dev.longshore.docker;

import dev.longshore.base.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
