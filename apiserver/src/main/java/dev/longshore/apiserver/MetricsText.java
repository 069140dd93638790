package dev.longshore.apiserver;

import dev.longshore.model.MetricFamily;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// Writes metrics in the text form of Prometheus.
final class MetricsText {

    /// The media type of that form.
    static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder();

    /// Name, value, name, value …
    static String labels(String... namesAndValues) {
        var labels = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (i > 0) {
                labels.append(',');
            }
            labels.append(namesAndValues[i])
                    .append("=\"")
                    .append(namesAndValues[i + 1].replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
        }
        return labels.toString();
    }

    void family(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    void family(MetricFamily family) {
        family(family.name(), family.type(), family.help());
        family.samples().forEach(sample -> {
            var labels = new ArrayList<String>();
            for (int i = 0; i < sample.labels().size(); i++) {
                labels.add(sample.labels().get(i));
                labels.add(sample.values().get(i));
            }
            sample(family.name() + sample.suffix(), labels(labels.toArray(String[]::new)), sample.value());
        });
    }

    void sample(String name, String labels, double value) {
        text.append(name);
        if (!labels.isEmpty()) {
            text.append('{').append(labels).append('}');
        }
        text.append(' ').append(number(value)).append('\n');
    }

    void histogram(String name, String labels, Histogram histogram) {
        var count = new AtomicLong();
        histogram.forEach((bound, below) -> {
            sample(name + "_bucket", labels + ",le=\"" + number(bound) + '"', below);
            count.set(below);
        });
        sample(name + "_sum", labels, histogram.sum());
        sample(name + "_count", labels, count.get());
    }

    private static String number(double value) {
        if (Double.isInfinite(value)) {
            return "+Inf";
        }
        boolean isWhole = value == Math.rint(value) && Math.abs(value) < 1e15;
        return isWhole ? Long.toString((long) value) : Double.toString(value);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
