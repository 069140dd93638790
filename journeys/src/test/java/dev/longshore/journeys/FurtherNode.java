package dev.longshore.journeys;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.kubelet.Kubelet;
import dev.longshore.kubelet.KubeletConfig;
import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.linux.HostCommands;
import dev.longshore.linux.HostTools;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.SandboxNetwork;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.linux.LinuxRuntime;
import dev.longshore.runtime.linux.RootFilesystems;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A further node of a cluster, in this JVM, with real containers, all of whose files lie on a small file system of
/// their own. It has two images: `further/busybox:1`, and one that nobody uses and that takes [#UNUSED] bytes. Its
/// pods have an address that leads nowhere.
final class FurtherNode implements AutoCloseable {

    static final String IMAGE = "further/busybox:1";
    static final long UNUSED = 16L << 20;

    private static final int CLOSED_PORT = 1;
    private static final Pattern LIBRARY = Pattern.compile("(/[^ ]+) \\(0x");

    private final String name;
    private final Path disk;
    private final ClusterId id = ClusterId.random(new Random());
    private final HostCommands commands = new HostCommands();
    private final KubernetesClient client;
    private final LinuxRuntime runtime;
    private final Kubelet kubelet;
    private boolean hasContainers = true;

    /// Joins `cluster`; `directory` holds the file system of `mebibytes`, `rules` are lines of the kubelet's
    /// configuration.
    FurtherNode(RunningCluster cluster, String name, Path directory, int mebibytes, String rules)
            throws IOException, InterruptedException {
        this.name = name;
        this.disk = Files.createDirectories(directory.resolve("disk"));
        commands.require("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "longshore-" + name, disk.toString());
        Files.write(unused(), new byte[(int) UNUSED]);
        Path layer = busybox(directory.resolve("layer"));
        this.client = cluster.client();
        this.runtime = new LinuxRuntime(
                new LinuxRuntime.Settings(id, disk.resolve("runtime"), List.of(disk.resolve("kubelet"))),
                new LinuxRuntime.Ports(new Layers(layer), new Present(), new Nowhere()),
                commands,
                new Random(),
                Time.system());
        runtime.start();
        var configuration = KubeletConfiguration.parse("""
                apiVersion: kubelet.config.k8s.io/v1beta1
                kind: KubeletConfiguration
                failCgroupV1: false
                """ + rules);
        this.kubelet = new Kubelet(
                KubeletConfig.of(name, "127.0.0.1", disk.resolve("kubelet"), disk.resolve("logs"), List.of())
                        .withApiPort(CLOSED_PORT)
                        .withConfiguration(configuration),
                runtime,
                client,
                Time.system(),
                range -> {});
        kubelet.start();
    }

    /// Where all of it lies.
    Path disk() {
        return disk;
    }

    private Path unused() {
        return disk.resolve("unused-image");
    }

    boolean hasUnusedImage() {
        return Files.exists(unused());
    }

    /// Everything that the node has of sandboxes and containers, written down or in the kernel.
    List<String> holds() {
        try (Stream<Path> pins = Files.list(Path.of("/run/netns"));
                Stream<Path> sandboxes = Files.list(disk.resolve("runtime/sandboxes"));
                Stream<Path> containers = Files.list(disk.resolve("runtime/containers"))) {
            return Stream.of(
                            pins.filter(pin -> pin.getFileName().toString().startsWith("longshore-" + id)),
                            sandboxes,
                            containers)
                    .flatMap(all -> all)
                    .map(Path::toString)
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// Ends the node's pods and takes it out of the cluster.
    @Override
    public void close() {
        if (!hasContainers) {
            return;
        }
        hasContainers = false;
        try {
            end();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + name + " went", ended);
        }
    }

    private void end() throws InterruptedException {
        kubelet.close();
        runtime.purge();
        client.pods()
                .inAnyNamespace()
                .withField("spec.nodeName", name)
                .withGracePeriod(0)
                .delete();
        client.nodes().withName(name).delete();
        client.close();
        commands.require("umount", "-l", disk.toString());
    }

    private Path busybox(Path root) throws IOException, InterruptedException {
        Path program = new HostTools(commands).find("busybox").orElseThrow();
        Files.createDirectories(root.resolve("bin"));
        Files.createDirectories(root.resolve("tmp"));
        Files.copy(program, root.resolve("bin/busybox"));
        for (String applet : List.of("sh", "dd", "sleep", "false")) {
            Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
        }
        var libraries = LIBRARY.matcher(
                commands.run(HostCommands.Command.of("ldd", program.toString())).out());
        while (libraries.find()) {
            Path library = Path.of(libraries.group(1));
            Path copy = root.resolve(Path.of("/").relativize(library));
            Files.createDirectories(copy.getParent());
            Files.copy(library, copy);
        }
        return root;
    }

    private final class Present implements Images {
        private static final Digest BUSYBOX = Digest.sha256("busybox".getBytes(StandardCharsets.UTF_8));
        private static final Digest OTHER = Digest.sha256("other".getBytes(StandardCharsets.UTF_8));

        @Override
        public Optional<ImageStatus> status(String reference) {
            return list().stream()
                    .filter(image -> image.repoTags().contains(reference)
                            || image.id().toString().equals(reference))
                    .findFirst();
        }

        @Override
        public ImageStatus pull(String reference, Optional<Credentials> credentials) {
            throw new RuntimeFaultException(RuntimeFaultException.Kind.IMAGE_UNAVAILABLE, "there is no registry");
        }

        @Override
        public List<ImageStatus> list() {
            var own = new ImageStatus(BUSYBOX, List.of(IMAGE), List.of(), 1, Optional.empty());
            var other = new ImageStatus(OTHER, List.of(), List.of("other@" + OTHER), UNUSED, Optional.empty());
            return hasUnusedImage() ? List.of(own, other) : List.of(own);
        }

        @Override
        public void remove(String reference) {
            try {
                if (reference.equals(OTHER.toString())) {
                    Files.deleteIfExists(unused());
                }
            } catch (IOException denied) {
                throw new UncheckedIOException(denied);
            }
        }
    }

    private record Layers(Path layer) implements RootFilesystems {
        @Override
        public Prepared prepare(Digest imageConfigDigest, String containerId) {
            return new Prepared(List.of(layer), ImageConfig.EMPTY);
        }

        @Override
        public void release(String containerId) {}
    }

    private record Nowhere() implements SandboxNetwork {
        @Override
        public List<String> attach(String sandboxId, Path namespace, SandboxSpec spec) {
            return List.of("192.0.2.77");
        }

        @Override
        public void detach(String sandboxId, Path namespace, SandboxSpec spec) {}
    }
}
