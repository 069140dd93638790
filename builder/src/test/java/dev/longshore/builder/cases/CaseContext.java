package dev.longshore.builder.cases;

import dev.longshore.builder.Web;
import dev.longshore.linux.Inodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Lays out what a case is built from. A file is its text, or an object: `text`, `mode`, `owner` (`1:2`) and
/// `attributes` (hexadecimal); `directory: MODE`; `link: TARGET`; `hardlink: OTHER`; or `tar`, an object of files
/// of its own, packed as the name of the archive says.
final class CaseContext {

    private CaseContext() {}

    /// Writes Dockerfile and files into `directory`, and offers the pages below `prefix`.
    static void lay(Case one, Path directory, Web web, String prefix) throws IOException, InterruptedException {
        for (Map.Entry<String, JsonNode> page : one.web().properties()) {
            Path folder = Files.createTempDirectory(directory.getParent(), "web");
            Path file = folder.resolve("page" + page.getKey().replace('/', '-'));
            write(file, page.getValue());
            web.put(prefix + page.getKey(), Files.readAllBytes(file));
        }
        writeAll(directory, one.files());
        write(directory.resolve("Dockerfile"), one.dockerfile().replace("@web@", web.at(prefix)));
    }

    private static void writeAll(Path directory, JsonNode files) throws IOException, InterruptedException {
        for (Map.Entry<String, JsonNode> file : files.properties()) {
            Path path = directory.resolve(file.getKey());
            Path parent = path.getParent();
            if (!Files.exists(parent)) {
                Files.createDirectories(parent);
            }
            if (file.getValue().isString()) {
                write(path, file.getValue().stringValue());
            } else {
                write(path, file.getValue());
            }
        }
    }

    private static void write(Path path, JsonNode spec) throws IOException, InterruptedException {
        if (spec.isString()) {
            write(path, spec.stringValue());
        } else if (spec.has("link")) {
            Files.createSymbolicLink(path, Path.of(spec.path("link").stringValue()));
        } else if (spec.has("hardlink")) {
            Files.createLink(path, path.resolveSibling(spec.path("hardlink").stringValue()));
        } else if (spec.has("tar")) {
            pack(path, spec.path("tar"));
        } else if (spec.has("directory")) {
            Files.createDirectories(path);
            Files.setAttribute(path, "unix:mode", octal(spec.path("directory")));
        } else {
            write(path, spec.path("text").stringValue());
            decorate(path, spec);
        }
    }

    private static void write(Path path, String text) throws IOException {
        Files.write(path, text.getBytes(StandardCharsets.UTF_8));
        Files.setAttribute(path, "unix:mode", 0644);
    }

    private static void decorate(Path path, JsonNode spec) throws IOException {
        if (spec.has("owner")) {
            String[] owner = spec.path("owner").stringValue().split(":");
            Files.setAttribute(path, "unix:uid", Integer.parseInt(owner[0]));
            Files.setAttribute(path, "unix:gid", Integer.parseInt(owner[1]));
        }
        if (spec.has("mode")) {
            Files.setAttribute(path, "unix:mode", octal(spec.path("mode")));
        }
        for (Map.Entry<String, JsonNode> attribute : spec.path("attributes").properties()) {
            byte[] value = HexFormat.of().parseHex(attribute.getValue().stringValue());
            Inodes.host().setAttribute(path, attribute.getKey(), value);
        }
    }

    private static int octal(JsonNode mode) {
        return Integer.parseInt(mode.stringValue(), 8);
    }

    private static void pack(Path archive, JsonNode files) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(archive.getParent().getParent(), "packed");
        writeAll(folder, files);
        var command = new java.util.ArrayList<>(
                List.of("tar", "-C", folder.toString(), "--sort=name", "--numeric-owner", "-caf", archive.toString()));
        files.propertyNames().stream()
                .map(name -> name.replaceFirst("/.*", ""))
                .distinct()
                .forEach(command::add);
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IOException(command + " ended with " + exit);
        }
    }
}
