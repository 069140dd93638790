package dev.longshore.metrics.resource;

import dev.longshore.metrics.exposition.Exposition;
import dev.longshore.metrics.exposition.MalformedExpositionException;
import dev.longshore.metrics.exposition.Sample;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What one kubelet told at one time.
///
/// @param node what the machine as a whole had used up, if it says
/// @param pods by container; pods of which it cannot tell everything are left out
record Reading(Optional<Point> node, Map<PodKey, Map<String, Point>> pods) {

    private static final double NANOS = 1e9;

    Reading {
        pods = Map.copyOf(pods);
    }

    /// Reads a kubelet's `/metrics/resource`.
    ///
    /// @param now the time of samples that do not say theirs
    static Reading parse(String text, Instant now) throws MalformedExpositionException {
        var node = new Gathered();
        var pods = new HashMap<PodKey, Map<String, Gathered>>();
        Exposition.read(text, Exposition.MOST_SAMPLES, sample -> {
            switch (sample.name()) {
                case "node_cpu_usage_seconds_total" -> node.cpu(sample, now);
                case "node_memory_working_set_bytes" -> node.memory(sample);
                case "container_cpu_usage_seconds_total" ->
                    container(pods, sample).cpu(sample, now);
                case "container_memory_working_set_bytes" ->
                    container(pods, sample).memory(sample);
                case "container_start_time_seconds" -> container(pods, sample).start(sample);
                default -> {
                    // Sums over pods follow from their containers.
                }
            }
        });
        var points = new HashMap<PodKey, Map<String, Point>>();
        pods.forEach((pod, containers) -> {
            var whole = new HashMap<String, Point>();
            containers.forEach((name, gathered) -> whole.put(name, gathered.point(now)));
            if (whole.values().stream().allMatch(Point::isComplete)) {
                points.put(pod, Map.copyOf(whole));
            }
        });
        return new Reading(Optional.of(node.point(now)).filter(Point::isComplete), points);
    }

    private static Gathered container(Map<PodKey, Map<String, Gathered>> pods, Sample sample) {
        return pods.computeIfAbsent(
                        new PodKey(sample.label("namespace"), sample.label("pod")), absent -> new HashMap<>())
                .computeIfAbsent(sample.label("container"), absent -> new Gathered());
    }

    /// A point whose parts come line by line.
    private static final class Gathered {
        private Instant start = Instant.EPOCH;
        private Instant at;
        private long cpuNanos;
        private long workingSet;

        void cpu(Sample sample, Instant now) {
            cpuNanos = (long) (sample.value() * NANOS);
            at = sample.millis().stream()
                    .mapToObj(Instant::ofEpochMilli)
                    .findFirst()
                    .orElse(now);
        }

        void memory(Sample sample) {
            workingSet = (long) sample.value();
        }

        void start(Sample sample) {
            // A double tells seconds since 1970 no finer than this.
            start = Instant.ofEpochMilli(Math.round(sample.value() * 1000));
        }

        Point point(Instant now) {
            return new Point(start, at == null ? now : at, cpuNanos, workingSet);
        }
    }
}
