package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A `kubectl` of one version on the hollow cluster, in one namespace. Versions share a discovery cache, as
/// they do at home.
///
/// @param version `1.27`; what is on PATH where that is not there
record Kubectl(String version, String program, String namespace, Shell shell, Path directory) {

    private static final String FOLDER = "/usr/lib/google-cloud-sdk/bin/kubectl.";
    private static final AtomicInteger NAMESPACES = new AtomicInteger();

    /// The oldest and the newest that Longshore promises to work with.
    static Stream<Kubectl> both() {
        Needs.tools("kubectl");
        Path directory = HollowShared.cluster().directory();
        var shell = new Shell(
                directory,
                Map.of(
                        "KUBECONFIG", directory.resolve("kubeconfig").toString(),
                        "KUBECACHEDIR", directory.resolve("cache").toString(),
                        "TZ", "UTC"));
        return Stream.of("1.27", "1.33").map(version -> {
            boolean isThere = Files.isExecutable(Path.of(FOLDER + version));
            return new Kubectl(version, isThere ? FOLDER + version : "kubectl", "default", shell, directory);
        });
    }

    @Override
    public String toString() {
        return "kubectl " + version;
    }

    /// The same, in a namespace of its own.
    Kubectl fresh(String theme) {
        String name = theme + "-" + NAMESPACES.incrementAndGet();
        ok("create", "namespace", name);
        ok("wait", "--for=jsonpath={.metadata.name}=default", "-n", name, "serviceaccount/default", "--timeout=20s");
        return new Kubectl(version, program, name, shell, directory);
    }

    /// What it prints, having succeeded.
    String ok(String... arguments) {
        return run(arguments).succeeded().out();
    }

    /// What it prints on standard error, having failed.
    String fails(String... arguments) {
        return run(arguments).failed().err();
    }

    Ran run(String... arguments) {
        return runWith("", arguments);
    }

    /// With `input`, for `-f -`.
    Ran runWith(String input, String... arguments) {
        return shell.runWith(input, command(arguments));
    }

    /// Puts a manifest on standard input of `arguments -f -`, which succeeds.
    String okWith(String manifest, String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-f", "-"));
        return runWith(manifest, all.toArray(String[]::new)).succeeded().out();
    }

    /// Starts it and leaves it running.
    Process start(String... arguments) {
        return shell.start(command(arguments));
    }

    /// One value by jsonpath.
    String value(String what, String path) {
        var arguments = new ArrayList<>(List.of("get"));
        arguments.addAll(List.of(what.split(" ")));
        arguments.addAll(List.of("-o", "jsonpath=" + path));
        return ok(arguments.toArray(String[]::new));
    }

    /// A file with `text`.
    String file(String name, String text) {
        try {
            Path folder = Files.createDirectories(directory.resolve(namespace));
            Path file = folder.resolve(name);
            Files.writeString(file, text);
            assertThat(file.toFile().setExecutable(name.endsWith(".sh"))).isTrue();
            return file.toString();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /// As [#run], with `EDITOR` set to a script of `lines` that gets the file as `$1`.
    Ran edit(String lines, String... arguments) {
        String editor = file("editor.sh", "#!/bin/sh\n" + lines + "\n");
        var command = new ArrayList<>(List.of("env", "KUBE_EDITOR=" + editor));
        command.addAll(List.of(command(arguments)));
        return shell.run(command.toArray(String[]::new));
    }

    private String[] command(String... arguments) {
        var command = new ArrayList<>(List.of(program));
        boolean isPlaced =
                List.of(arguments).contains("-n") || List.of(arguments).contains("-A");
        if (!isPlaced && !namespace.equals("default")) {
            command.addAll(List.of("-n", namespace));
        }
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }
}
