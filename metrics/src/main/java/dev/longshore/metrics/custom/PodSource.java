package dev.longshore.metrics.custom;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;

/// Asks pods what they tell of themselves. Thread-safe; blocks for a limited time, or until the caller is
/// interrupted. Callers have a virtual thread of their own for each question.
public interface PodSource {

    /// True if the pod says that it tells something.
    boolean hasMetrics(Pod pod);

    /// What it tells, in Prometheus' text format.
    ///
    /// @throws IOException when it does not answer, or with something else
    String read(Pod pod) throws IOException;
}
