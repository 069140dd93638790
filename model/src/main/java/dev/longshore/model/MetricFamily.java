package dev.longshore.model;

import java.util.List;

/// Measurements under one name, for `/metrics`.
///
/// @param type `counter`, `gauge`, `histogram` or `summary`
/// @param help one sentence
public record MetricFamily(String name, String type, String help, List<Sample> samples) {

    public MetricFamily {
        samples = List.copyOf(samples);
    }

    /// @param suffix of the name: `_bucket`, `_sum` or `_count` of histograms, else empty
    /// @param labels the labels' names
    /// @param values their values, in the same order
    public record Sample(String suffix, List<String> labels, List<String> values, double value) {
        public Sample {
            labels = List.copyOf(labels);
            values = List.copyOf(values);
            if (labels.size() != values.size()) {
                throw new IllegalArgumentException(labels + " are " + values);
            }
        }

        /// Under the family's own name.
        public Sample(List<String> labels, List<String> values, double value) {
            this("", labels, values, value);
        }
    }
}
