package dev.longshore.journeys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The real `podman` with a storage and a login of its own, below one directory.
final class Podman {

    private final Path directory;
    private final Shell shell;

    private Podman(Path directory) {
        this.directory = directory;
        this.shell = new Shell(
                directory,
                Map.of(
                        "REGISTRY_AUTH_FILE", directory.resolve("auth.json").toString(),
                        "CONTAINERS_REGISTRIES_CONF",
                                directory.resolve("registries.conf").toString(),
                        "TMPDIR", directory.resolve("tmp").toString()));
    }

    /// In the directory `directory`, which exists.
    static Podman in(Path directory) throws IOException {
        Files.writeString(directory.resolve("registries.conf"), "unqualified-search-registries = []\n");
        Files.writeString(directory.resolve("auth.json"), "{}");
        Files.createDirectory(directory.resolve("tmp"));
        return new Podman(directory);
    }

    Ran run(String... arguments) {
        return with("", arguments);
    }

    /// The same with `input` on standard input.
    Ran with(String input, String... arguments) {
        var line = new ArrayList<>(List.of("podman"));
        line.addAll(List.of("--root", directory.resolve("storage").toString()));
        line.addAll(List.of("--runroot", directory.resolve("run").toString()));
        line.addAll(List.of("--tmpdir", directory.resolve("libpod").toString()));
        line.addAll(List.of("--storage-driver", "vfs"));
        line.addAll(List.of(arguments));
        return shell.runWith(input, line.toArray(String[]::new));
    }

    /// The id of the image `name`, which is there.
    String id(String name) {
        return run("image", "inspect", "--format", "{{.Id}}", name)
                .succeeded()
                .out()
                .strip();
    }

    /// The root file system of the image `name`.
    Path files(String name) {
        String line = run("image", "mount", name).succeeded().out().strip();
        return Path.of(line.substring(line.indexOf('/', line.lastIndexOf(' '))));
    }

    /// Builds an image called `name` that has `content` in the file `/made`.
    void build(String name, String content) throws IOException {
        Path context = Files.createTempDirectory(directory, "context");
        Files.writeString(context.resolve("made"), content);
        Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY made /\nCMD [\"/made\"]\n");
        run("build", "--isolation=chroot", "-t", name, context.toString()).succeeded();
    }
}
