package dev.longshore.kubelet.serving;

import dev.longshore.http.Headers;
import dev.longshore.http.Response;
import dev.longshore.kubelet.measures.Family;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/// Text in Prometheus' format, as it grows; families are in the order of their names, whenever they come.
final class MetricsPage implements Family.Page {

    private static final Headers TYPE =
            Headers.of("Content-Type", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores");

    private final Map<String, StringBuilder> families = new TreeMap<>();
    private StringBuilder text = new StringBuilder();

    @Override
    public void family(String name, String type, String help) {
        text = families.computeIfAbsent(
                name,
                fresh -> new StringBuilder()
                        .append("# HELP ")
                        .append(name)
                        .append(' ')
                        .append(help)
                        .append('\n')
                        .append("# TYPE ")
                        .append(name)
                        .append(' ')
                        .append(type)
                        .append('\n'));
    }

    /// A whole number.
    ///
    /// @param labels name, value, name, value …
    void sample(String name, long value, String... labels) {
        begin(name, labels).append(value).append('\n');
    }

    @Override
    public void sample(String name, BigDecimal value, String... labels) {
        begin(name, labels).append(plain(value)).append('\n');
    }

    /// The same, as it was at a time.
    void sampleAt(Instant at, String name, BigDecimal value, String... labels) {
        begin(name, labels)
                .append(plain(value))
                .append(' ')
                .append(at.toEpochMilli())
                .append('\n');
    }

    /// The whole answer; families of which there is nothing to tell are left out.
    Response response() {
        var all = new StringBuilder();
        families.values().stream().filter(MetricsPage::tellsAnything).forEach(all::append);
        return new Response.Full(200, TYPE, all.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static boolean tellsAnything(StringBuilder family) {
        return family.charAt(family.lastIndexOf("\n", family.length() - 2) + 1) != '#';
    }

    // Exact: differences of what a year has added up are told from it.
    private static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }

    private StringBuilder begin(String name, String... labels) {
        text.append(name);
        for (int i = 0; i < labels.length; i += 2) {
            text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
            escape(labels[i + 1]);
            text.append('"');
        }
        return text.append(labels.length > 0 ? "} " : " ");
    }

    private void escape(String value) {
        for (int i = 0; i < value.length(); i++) {
            switch (value.charAt(i)) {
                case '\\' -> text.append("\\\\");
                case '"' -> text.append("\\\"");
                case '\n' -> text.append("\\n");
                default -> text.append(value.charAt(i));
            }
        }
    }
}
