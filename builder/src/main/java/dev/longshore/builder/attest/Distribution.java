package dev.longshore.builder.attest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The distribution that an image says it is (os-release(5)).
///
/// @param id such as `debian`; empty if it does not say
/// @param version such as `12`; empty if it does not say
record Distribution(String id, String version) {

    private static final int LARGEST = 64 << 10;

    static Distribution of(ImageFiles files) throws IOException {
        Optional<Path> place = files.file("/etc/os-release");
        if (place.isEmpty()) {
            place = files.file("/usr/lib/os-release");
        }
        var values = new TreeMap<String, String>();
        if (place.isPresent() && Files.size(place.get()) <= LARGEST) {
            String text = new String(Files.readAllBytes(place.get()), StandardCharsets.UTF_8);
            text.lines().forEach(line -> read(line, values));
        }
        return new Distribution(values.getOrDefault("ID", ""), values.getOrDefault("VERSION_ID", ""));
    }

    private static void read(String line, Map<String, String> values) {
        int equals = line.indexOf('=');
        if (equals > 0) {
            values.put(
                    line.substring(0, equals).strip(),
                    line.substring(equals + 1).replaceAll("[\"']", "").strip());
        }
    }

    /// The namespace of its packages.
    String namespace(String usual) {
        return id.isEmpty() ? usual : id;
    }

    /// As package URLs have it; empty if it is not known.
    String qualifier() {
        return id.isEmpty() || version.isEmpty() ? id : id + "-" + version;
    }
}
