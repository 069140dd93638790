package dev.longshore.builder.attest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What dpkg has installed: `/var/lib/dpkg/status`, or a file per package in `status.d` where there is no dpkg.
final class DebianPackages implements PackageReader {

    private static final Set<String> KEYS = Set.of("Package", "Status", "Version", "Architecture", "Source");
    private static final String STATUS = "/var/lib/dpkg/status";

    @Override
    public List<InstalledPackage> read(ImageFiles files, Distribution distribution) throws IOException {
        var places = new ArrayList<>(List.of(STATUS));
        files.list(STATUS + ".d").stream()
                .filter(path -> !path.endsWith(".md5sums"))
                .forEach(places::add);
        var found = new ArrayList<InstalledPackage>();
        for (String place : places) {
            Optional<Path> file = files.file(place);
            if (file.isPresent()) {
                read(file.get(), place, distribution, found);
            }
        }
        return found;
    }

    private static void read(Path file, String place, Distribution distribution, List<InstalledPackage> found)
            throws IOException {
        try (var paragraphs = new Paragraphs(Files.newInputStream(file), KEYS)) {
            for (var next = paragraphs.next(); next.isPresent(); next = paragraphs.next()) {
                // Of removed packages dpkg remembers the configuration; status.d has no Status at all.
                if (next.get().getOrDefault("Status", "ok installed").endsWith(" installed")) {
                    found.add(of(next.get(), place, distribution));
                }
            }
        }
    }

    private static InstalledPackage of(Map<String, String> fields, String place, Distribution distribution) {
        String name = fields.getOrDefault("Package", "");
        String version = fields.getOrDefault("Version", "");
        String url = PackageUrl.of(
                "deb",
                distribution.namespace("debian") + "/" + name,
                version,
                Map.of(
                        "arch", fields.getOrDefault("Architecture", ""),
                        "distro", distribution.qualifier(),
                        "upstream", fields.getOrDefault("Source", "").replaceFirst(" \\((.*)\\)$", "@$1")));
        return new InstalledPackage("deb", name, version, url, "", place);
    }
}
