package dev.longshore.metrics.custom;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Optional;

/// Pods of hollow nodes, where no program listens: what they tell stands in an annotation, in Prometheus' format.
public final class AnnotatedPods implements PodSource {

    /// The annotation.
    public static final String ANNOTATION = "longshore.dev/simulated-metrics";

    @Override
    public boolean hasMetrics(Pod pod) {
        return text(pod).isPresent();
    }

    @Override
    public String read(Pod pod) {
        return text(pod).orElse("");
    }

    private static Optional<String> text(Pod pod) {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        return annotations == null ? Optional.empty() : Optional.ofNullable(annotations.get(ANNOTATION));
    }
}
