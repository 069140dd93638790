package dev.longshore.metrics.exposition;

import java.util.Map;
import java.util.OptionalLong;

/// One value of one series.
///
/// @param millis when it was so, in milliseconds since 1970, if the program says
public record Sample(String name, Map<String, String> labels, double value, OptionalLong millis) {

    public Sample {
        labels = Map.copyOf(labels);
    }

    /// The value of a label; empty when it has none.
    public String label(String label) {
        return labels.getOrDefault(label, "");
    }
}
