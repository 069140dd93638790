package dev.longshore.builder.attest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What apk has installed: `P:` name, `V:` version, `A:` architecture, `L:` licence.
final class AlpinePackages implements PackageReader {

    private static final Set<String> KEYS = Set.of("P", "V", "A", "L");
    private static final List<String> PLACES = List.of("/lib/apk/db/installed", "/usr/lib/apk/db/installed");

    @Override
    public List<InstalledPackage> read(ImageFiles files, Distribution distribution) throws IOException {
        var found = new ArrayList<InstalledPackage>();
        for (String place : PLACES) {
            Optional<Path> file = files.file(place);
            // Where /lib leads to /usr/lib both are one.
            if (file.isPresent() && found.isEmpty()) {
                read(file.get(), place, distribution, found);
            }
        }
        return found;
    }

    private static void read(Path file, String place, Distribution distribution, List<InstalledPackage> found)
            throws IOException {
        try (var paragraphs = new Paragraphs(Files.newInputStream(file), KEYS)) {
            for (var next = paragraphs.next(); next.isPresent(); next = paragraphs.next()) {
                Map<String, String> fields = next.get();
                String name = fields.getOrDefault("P", "");
                String version = fields.getOrDefault("V", "");
                String url = PackageUrl.of(
                        "apk",
                        distribution.namespace("alpine") + "/" + name,
                        version,
                        Map.of("arch", fields.getOrDefault("A", ""), "distro", distribution.qualifier()));
                found.add(new InstalledPackage("apk", name, version, url, fields.getOrDefault("L", ""), place));
            }
        }
    }
}
