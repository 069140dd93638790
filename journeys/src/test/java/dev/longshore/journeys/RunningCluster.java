package dev.longshore.journeys;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/// A cluster started by the launcher as a user would, with the real clients pointed at it.
final class RunningCluster implements AutoCloseable {

    static final Path ROOT =
            Path.of(System.getProperty("longshore.root", "..")).toAbsolutePath().normalize();

    private final Path directory;
    private final String name;
    private final Shell shell;
    private List<String> usual = List.of();

    private RunningCluster(Path directory, String name) {
        this.directory = directory;
        this.name = name;
        this.shell = new Shell(
                ROOT,
                Map.of(
                        "KUBECONFIG",
                        directory.resolve("kubeconfig").toString(),
                        "DOCKER_HOST",
                        "unix://" + directory.resolve("docker.sock"),
                        "DOCKER_BUILDKIT",
                        "0"));
    }

    /// A cluster with a data directory and a name of its own, not yet started.
    static RunningCluster fresh() {
        try {
            String name = "j" + ThreadLocalRandom.current().nextInt(10_000, 99_999);
            // Short, since plugins of the node have sockets far below, whose paths the kernel holds to 107 bytes.
            return new RunningCluster(Files.createTempDirectory(name + "-"), name);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// A client with the admin's rights, to be closed.
    KubernetesClient client() {
        return new KubernetesClientBuilder()
                .withConfig(
                        Config.fromKubeconfig(directory.resolve("kubeconfig").toFile()))
                .build();
    }

    /// `up --detach`, with further flags; without any, with those of the time before.
    Ran up(String... flags) {
        if (flags.length > 0) {
            usual = List.of(flags);
        }
        return longshore("up", with(List.of("--detach"), usual.toArray(String[]::new)));
    }

    /// `up`, as a user who stays with it.
    Process upInForeground() {
        return shell.start("./longshore", "up", "--data-dir", directory.toString(), "--name", name);
    }

    /// `./longshore COMMAND --data-dir … --name … FLAGS`.
    Ran longshore(String command, String... flags) {
        var line = new ArrayList<>(List.of("./longshore", command, "--data-dir", directory.toString(), "--name", name));
        line.addAll(List.of(flags));
        return shell.run(line.toArray(String[]::new));
    }

    /// `./longshore docker … ARGUMENTS`.
    Ran longshoreDocker(String... arguments) {
        var line =
                new ArrayList<>(List.of("./longshore", "docker", "--data-dir", directory.toString(), "--name", name));
        line.addAll(List.of(arguments));
        return shell.run(line.toArray(String[]::new));
    }

    Ran kubectl(String... arguments) {
        return shell.run(with(List.of("kubectl"), arguments));
    }

    Ran kubectlWith(String input, String... arguments) {
        return shell.runWith(input, with(List.of("kubectl"), arguments));
    }

    /// Applies a manifest given as text.
    void apply(String manifest) {
        kubectlWith(manifest, "apply", "-f", "-").succeeded();
    }

    /// What `kubectl get … -o jsonpath=PATH` prints.
    String get(String what, String path) {
        var line = new ArrayList<>(List.of("kubectl", "get"));
        line.addAll(List.of(what.split(" ")));
        line.add("-o");
        line.add("jsonpath=" + path);
        return shell.run(line.toArray(String[]::new)).succeeded().out();
    }

    Ran docker(String... arguments) {
        return shell.run(with(List.of("docker"), arguments));
    }

    Shell shell() {
        return shell;
    }

    Path directory() {
        return directory;
    }

    String name() {
        return name;
    }

    /// The registry, as `127.0.0.1:PORT`.
    String registry() {
        return "127.0.0.1:" + record("registryPort");
    }

    /// A number that the cluster recorded of itself.
    String record(String key) {
        try {
            String text = Files.readString(directory.resolve("cluster.json"));
            var match = java.util.regex.Pattern.compile("\"" + key + "\"\\s*:\\s*\"?([^\",\\s}]+)")
                    .matcher(text);
            if (!match.find()) {
                throw new IllegalStateException("no " + key + " in " + text);
            }
            return match.group(1);
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    /// The server's process id.
    long pid() {
        try {
            return Long.parseLong(
                    Files.readString(directory.resolve("longshore.pid")).strip());
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    /// Kills the server, as the kernel would; its containers go on.
    void killed() {
        shell.run("kill", "-9", String.valueOf(pid())).succeeded();
    }

    /// The process id of a container's first process, as the OCI runtime knows it.
    String containerPid(String containerId) {
        String found = shell.run(
                        "sh",
                        "-c",
                        "cat $(find " + directory + "/node -path '*" + containerId + "*' -name pid -o -path '*"
                                + containerId + "*' -name pidfile | head -1)")
                .succeeded()
                .out()
                .strip();
        return found;
    }

    /// Waits until `condition` holds; it may fail meanwhile.
    static void eventually(Duration limit, Runnable condition) {
        await().atMost(limit)
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .untilAsserted(condition::run);
    }

    @Override
    public void close() {
        longshore("down", "--purge");
        if (Files.exists(directory)) {
            try (var files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            } catch (IOException leftBehind) {
                throw new UncheckedIOException(leftBehind);
            }
        }
    }

    private static String[] with(List<String> head, String... tail) {
        var line = new ArrayList<>(head);
        line.addAll(List.of(tail));
        return line.toArray(String[]::new);
    }
}
