package dev.longshore.network.dns;

import dev.longshore.network.view.Range;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/// How a node's name server is set up. It travels in a properties file.
///
/// @param address where it listens
/// @param domain the cluster's, without a last dot
/// @param ranges the cluster's addresses
/// @param resolvConf which file lists the host's own name servers
public record DnsSettings(String address, int port, String domain, List<Range> ranges, Path resolvConf) {

    public DnsSettings {
        ranges = List.copyOf(ranges);
    }

    /// As text.
    public String text() {
        var properties = new Properties();
        properties.setProperty("address", address);
        properties.setProperty("port", String.valueOf(port));
        properties.setProperty("domain", domain);
        properties.setProperty(
                "ranges", String.join(" ", ranges.stream().map(Range::toString).toList()));
        properties.setProperty("resolvConf", resolvConf.toString());
        var text = new StringWriter();
        try {
            properties.store(text, null);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        // The first line is a comment with today's date.
        return text.toString()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .sorted()
                .reduce("", (a, b) -> a + b + "\n");
    }

    /// What `text` says.
    static DnsSettings parse(String text) throws IOException {
        var properties = new Properties();
        properties.load(new StringReader(text));
        return new DnsSettings(
                properties.getProperty("address"),
                Integer.parseInt(properties.getProperty("port")),
                properties.getProperty("domain"),
                Stream.of(properties.getProperty("ranges").split(" "))
                        .map(Range::parse)
                        .toList(),
                Path.of(properties.getProperty("resolvConf")));
    }
}
