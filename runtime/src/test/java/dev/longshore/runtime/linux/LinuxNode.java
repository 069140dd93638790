package dev.longshore.runtime.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.linux.HostCommands;
import dev.longshore.linux.HostTools;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.SandboxNetwork;
import dev.longshore.runtime.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// A node of its own for tests: a cluster id that nobody else has, an image out of the host's busybox, and a
/// network that only says addresses.
final class LinuxNode {

    static final Digest IMAGE = Digest.sha256("busybox".getBytes(java.nio.charset.StandardCharsets.UTF_8));

    private static final Pattern LIBRARY = Pattern.compile("(/[^ ]+) \\(0x");
    private static final List<String> APPLETS = List.of(
            "sh",
            "cat",
            "echo",
            "sleep",
            "id",
            "hostname",
            "ls",
            "touch",
            "nc",
            "head",
            "tail",
            "dd",
            "true",
            "stty",
            "wc",
            "mkdir",
            "kill",
            "grep",
            "chmod",
            "ps");

    final ClusterId cluster = ClusterId.random(new Random());
    final Path directory;
    final Path layer;
    final Map<String, Boolean> kept = new ConcurrentHashMap<>();
    final Map<String, Boolean> wired = new ConcurrentHashMap<>();
    final HostCommands commands = new HostCommands();

    LinuxNode(Path directory) throws IOException, InterruptedException {
        boolean able = Files.isWritable(Path.of("/proc/sys/kernel/hostname"))
                && "root".equals(System.getProperty("user.name"))
                && new HostTools(commands).missing().isEmpty();
        if (!"true".equals(System.getenv("CI"))) {
            assumeTrue(able, "needs root and the host's tools");
        }
        this.directory = directory;
        this.layer = busybox(directory.resolve("layer"));
    }

    /// A runtime as a new process would make it.
    LinuxRuntime runtime() {
        return new LinuxRuntime(
                new LinuxRuntime.Settings(cluster, directory.resolve("runtime"), List.of(directory.resolve("volumes"))),
                new LinuxRuntime.Ports(new Roots(), new NoImages(), new Addresses()),
                commands,
                new Random(),
                Time.system());
    }

    /// The same with `images`.
    LinuxRuntime runtime(Images images) {
        return new LinuxRuntime(
                new LinuxRuntime.Settings(cluster, directory.resolve("runtime"), List.of(directory.resolve("volumes"))),
                new LinuxRuntime.Ports(new Roots(), images, new Addresses()),
                commands,
                new Random(),
                Time.system());
    }

    /// The same on a host whose present run is named by the file `bootId`.
    LinuxRuntime runtime(Path bootId) {
        return runtime(bootId, Map.of(), Patience.USUAL);
    }

    /// The same with `programs` in the place of the host's OCI runtimes, by their names.
    LinuxRuntime runtime(Map<String, Path> programs, Patience patience) {
        return runtime(HostBoot.KERNEL, programs, patience);
    }

    private LinuxRuntime runtime(Path bootId, Map<String, Path> programs, Patience patience) {
        return new LinuxRuntime(
                new LinuxRuntime.Settings(
                        cluster, directory.resolve("runtime"), List.of(directory.resolve("volumes")), programs),
                new LinuxRuntime.Ports(new Roots(), new NoImages(), new Addresses()),
                commands,
                new Random(),
                Time.system(),
                bootId,
                patience);
    }

    private Path busybox(Path root) throws IOException, InterruptedException {
        Path program = new HostTools(commands).find("busybox").orElseThrow();
        Files.createDirectories(root.resolve("bin"));
        Files.copy(program, root.resolve("bin/busybox"));
        for (String applet : APPLETS) {
            Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
        }
        var libraries =
                LIBRARY.matcher(commands.require("ldd", program.toString()).out());
        while (libraries.find()) {
            Path library = Path.of(libraries.group(1));
            Path copy = root.resolve(Path.of("/").relativize(library));
            Files.createDirectories(copy.getParent());
            Files.copy(library, copy);
        }
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(
                root.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nweb:x:101:102:web:/home/web:/bin/sh\n");
        Files.writeString(root.resolve("etc/group"), "root:x:0:\nwww:x:102:\nextra:x:200:web\n");
        Files.createDirectories(root.resolve("tmp"));
        return root;
    }

    private final class Roots implements RootFilesystems {
        @Override
        public Prepared prepare(Digest imageConfigDigest, String containerId) {
            kept.put(containerId, true);
            return new Prepared(
                    List.of(layer),
                    new ImageConfig(
                            List.of(),
                            List.of("sh", "-c", "echo from the image"),
                            List.of("FROM_IMAGE=yes"),
                            Optional.of("/tmp"),
                            Optional.empty(),
                            Optional.empty(),
                            Set.of(),
                            Set.of(),
                            Map.of()));
        }

        @Override
        public void release(String containerId) {
            kept.remove(containerId);
        }
    }

    private final class Addresses implements SandboxNetwork {
        @Override
        public List<String> attach(String sandboxId, Path namespace, SandboxSpec spec) {
            if (!Files.exists(namespace, LinkOption.NOFOLLOW_LINKS)) {
                throw new IllegalStateException("no namespace to wire: " + namespace);
            }
            wired.put(sandboxId, true);
            return List.of("10.244.0.9");
        }

        @Override
        public void detach(String sandboxId, Path namespace, SandboxSpec spec) {
            wired.remove(sandboxId);
        }
    }
}
