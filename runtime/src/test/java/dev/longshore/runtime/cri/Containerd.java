package dev.longshore.runtime.cri;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.linux.HostCommands;
import dev.longshore.linux.HostTools;
import dev.longshore.runtime.RuntimeFaultException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// Debian's containerd with all that is its own under one directory, and an image out of the host's busybox.
final class Containerd implements AutoCloseable {

    static final String IMAGE = "longshore.test/busybox:1";

    private static final Pattern LIBRARY = Pattern.compile("(/[^ ]+) \\(0x");
    private static final List<String> APPLETS = List.of("sh", "cat", "echo", "sleep", "nc", "stty", "true", "wc");

    private final Path directory;
    private final HostCommands commands = new HostCommands();
    private final Process process;

    private Containerd(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    static Containerd start(Path directory) throws IOException, InterruptedException {
        var tools = new HostTools(new HostCommands());
        boolean able = "root".equals(System.getProperty("user.name"))
                && tools.find("containerd").isPresent()
                && tools.find("busybox").isPresent();
        if (!"true".equals(System.getenv("CI"))) {
            assumeTrue(able, "needs root, containerd and busybox");
        }
        Path networks = Files.createDirectories(directory.resolve("cni"));
        Files.writeString(networks.resolve("10-test.conflist"), """
                {"cniVersion": "0.4.0", "name": "longshore-test", "plugins": [
                  {"type": "ptp", "ipam": {"type": "host-local", "subnet": "10.213.77.0/24", "dataDir": "%s"}}]}
                """.formatted(directory.resolve("addresses")));
        Path file = Files.writeString(directory.resolve("config.toml"), """
                version = 2
                root = "%1$s/root"
                state = "%1$s/state"
                [grpc]
                  address = "%1$s/containerd.sock"
                [plugins."io.containerd.grpc.v1.cri"]
                  sandbox_image = "%2$s"
                  restrict_oom_score_adj = true
                  [plugins."io.containerd.grpc.v1.cri".cni]
                    bin_dir = "/usr/lib/cni"
                    conf_dir = "%1$s/cni"
                """.formatted(directory, IMAGE));
        var started = new Containerd(
                directory,
                new ProcessBuilder("containerd", "-c", file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("log").toFile())
                        .start());
        try {
            await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(started.socket()));
            started.importImage();
            return started;
        } catch (IOException | InterruptedException | RuntimeException failure) {
            started.close();
            throw failure;
        }
    }

    Path socket() {
        return directory.resolve("containerd.sock");
    }

    /// A runtime as a new process would make it, for `cluster`.
    CriRuntime runtime(String cluster) throws InterruptedException {
        var runtime = new CriRuntime(
                new CriRuntime.Settings(socket(), socket(), cluster, "longshore-" + cluster, directory.resolve("logs")),
                Time.system());
        runtime.start();
        return runtime;
    }

    /// Ends every container of `runtime`, then containerd.
    void closeAfter(CriRuntime runtime) throws InterruptedException {
        try (runtime) {
            for (var sandbox : runtime.sandboxes().list()) {
                runtime.sandboxes().stop(sandbox.id());
                runtime.sandboxes().remove(sandbox.id());
            }
        } catch (RuntimeFaultException failure) {
            throw new IllegalStateException("containerd was not left empty", failure);
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void importImage() throws IOException, InterruptedException {
        Path archive = archive();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> commands.run(dev.longshore.linux.Commands.Command.of(
                                        "ctr",
                                        "--address",
                                        socket().toString(),
                                        "--namespace",
                                        "k8s.io",
                                        "images",
                                        "import",
                                        archive.toString()))
                                .exitCode()
                        == 0);
    }

    /// What `docker save` would write.
    private Path archive() throws IOException, InterruptedException {
        Path root = Files.createDirectories(directory.resolve("image/root"));
        Path program = new HostTools(commands).find("busybox").orElseThrow();
        copy(program, root.resolve("bin/busybox"));
        for (String applet : APPLETS) {
            Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
        }
        var libraries =
                LIBRARY.matcher(commands.require("ldd", program.toString()).out());
        while (libraries.find()) {
            Path library = Path.of(libraries.group(1));
            copy(library, root.resolve(Path.of("/").relativize(library)));
        }
        Path image = root.getParent();
        commands.require("tar", "-C", root.toString(), "-cf", image + "/layer.tar", ".");
        String digest = HexFormat.of()
                .formatHex(dev.longshore.base.Digest.hasher("sha256")
                        .digest(Files.readAllBytes(image.resolve("layer.tar"))));
        var config = Json.object().put("architecture", architecture()).put("os", "linux");
        config.putObject("config").putArray("Cmd").add("sleep").add("1000000");
        ((tools.jackson.databind.node.ObjectNode) config.path("config"))
                .putArray("Env")
                .add("PATH=/bin");
        config.putObject("rootfs").put("type", "layers").putArray("diff_ids").add("sha256:" + digest);
        Files.write(image.resolve("config.json"), Json.bytes(config));
        var manifest = Json.array();
        var entry = manifest.addObject().put("Config", "config.json");
        entry.putArray("RepoTags").add(IMAGE);
        entry.putArray("Layers").add("layer.tar");
        Files.writeString(image.resolve("manifest.json"), manifest.toString(), StandardCharsets.UTF_8);
        Path archive = directory.resolve("image.tar");
        commands.require(
                "tar", "-C", image.toString(), "-cf", archive.toString(), "manifest.json", "config.json", "layer.tar");
        return archive;
    }

    private static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to);
    }
}
