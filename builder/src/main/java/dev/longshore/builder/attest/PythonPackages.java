package dev.longshore.builder.attest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What pip and the like have installed, wherever it is: every `*.dist-info/METADATA`.
final class PythonPackages implements PackageReader {

    private static final Set<String> KEYS = Set.of("Name", "Version", "License", "License-Expression");
    private static final Set<String> NOT_FILES = Set.of("/proc", "/sys", "/dev");

    @Override
    public List<InstalledPackage> read(ImageFiles files, Distribution distribution) throws IOException {
        var found = new ArrayList<InstalledPackage>();
        var open = new ArrayDeque<>(List.of("/"));
        while (!open.isEmpty()) {
            String directory = open.pop();
            for (var entry : files.tree().list(directory).entrySet()) {
                String path = (directory.equals("/") ? "" : directory) + "/" + entry.getKey();
                if (NOT_FILES.contains(path) || !Files.isDirectory(entry.getValue(), LinkOption.NOFOLLOW_LINKS)) {
                    continue;
                }
                if (entry.getKey().endsWith(".dist-info")) {
                    read(files, path + "/METADATA").ifPresent(found::add);
                } else {
                    open.push(path);
                }
            }
        }
        return found;
    }

    private static Optional<InstalledPackage> read(ImageFiles files, String place) throws IOException {
        Optional<Path> file = files.file(place);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        // The description follows the first paragraph.
        try (var paragraphs = new Paragraphs(Files.newInputStream(file.get()), KEYS)) {
            return paragraphs.next().map(fields -> of(fields, place));
        }
    }

    private static InstalledPackage of(Map<String, String> fields, String place) {
        String name = fields.getOrDefault("Name", "");
        String version = fields.getOrDefault("Version", "");
        String url = PackageUrl.of("pypi", name.toLowerCase(Locale.ROOT).replace('_', '-'), version, Map.of());
        String license = fields.getOrDefault("License-Expression", fields.getOrDefault("License", ""));
        return new InstalledPackage("pypi", name, version, url, license, place);
    }
}
