package dev.longshore.server;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.cli.DataDirectory;
import dev.longshore.docker.ContainerHost;
import dev.longshore.http.HttpServer;
import dev.longshore.http.TlsIdentity;
import dev.longshore.kubelet.Kubelet;
import dev.longshore.kubelet.KubeletConfig;
import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.kubelet.images.CredentialProviders;
import dev.longshore.kubelet.shutdown.LogindFiles;
import dev.longshore.linux.Commands;
import dev.longshore.linux.HostPaths;
import dev.longshore.model.UserInfo;
import dev.longshore.network.HostBridges;
import dev.longshore.network.HostPorts;
import dev.longshore.network.JavaProgram;
import dev.longshore.network.NodeNetwork;
import dev.longshore.network.NodeNetworkSettings;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.OneShot;
import dev.longshore.runtime.linux.LinuxRuntime;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.config.CriOptions;
import dev.longshore.server.config.NodeMarks;
import dev.longshore.server.config.RuntimeHandlers;
import dev.longshore.server.config.UpOptions;
import dev.longshore.server.node.KeptRootFilesystems;
import dev.longshore.server.node.StoredImages;
import dev.longshore.server.node.StoredRootFilesystems;
import dev.longshore.server.node.Unwired;
import dev.longshore.server.pki.Identity;
import dev.longshore.server.pki.ServingCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Network, runtime and kubelet of this machine.
final class LocalNode implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LocalNode.class);
    private static final Duration LONGEST_GRACE = Duration.ofSeconds(30);

    private final DataDirectory directory;
    private final ClusterRecord cluster;
    private final HostAddress host;
    private final Certificates certificates;
    private final ControlPlane controlPlane;
    private final KubeletConfiguration configuration;
    private final NodeMarks marks;
    private final CredentialProviders credentials;
    private final CriOptions cri;
    private final RuntimeHandlers handlers;
    private final Commands commands;
    private final Time time;
    private final Steps steps = new Steps();
    private final HostPorts hostPorts = new HostPorts();
    private NodeNetwork network;
    private LinuxRuntime runtime;
    private Optional<ForeignRuntime> foreign = Optional.empty();
    private volatile Kubelet kubelet;

    LocalNode(
            DataDirectory directory,
            ClusterRecord cluster,
            HostAddress host,
            Certificates certificates,
            ControlPlane controlPlane,
            UpOptions.NodeOptions options,
            Commands commands,
            Time time) {
        this.directory = directory;
        this.cluster = cluster;
        this.host = host;
        this.certificates = certificates;
        this.controlPlane = controlPlane;
        this.configuration = options.kubelet();
        this.cri = options.cri();
        this.handlers = options.handlers();
        this.marks = options.marks();
        this.credentials = options.credentials();
        this.commands = commands;
        this.time = time;
    }

    /// Bridge, rules, name server: before any container.
    void startNetwork() throws IOException, InterruptedException {
        network = steps.started(
                "network",
                new NodeNetwork(
                        new NodeNetworkSettings(
                                cluster.id(),
                                host.name(),
                                host.address(),
                                cluster.podRange(),
                                cluster.serviceRange(),
                                cluster.dnsServiceAddress(),
                                "cluster.local",
                                directory.node(),
                                ClusterSetup.RUN_DIRECTORY,
                                Path.of("/usr/lib/cni"),
                                Path.of("/etc/resolv.conf"),
                                thisProgram()),
                        controlPlane.client(UserInfo.of("system:kube-proxy")),
                        hostPorts,
                        commands,
                        time));
        network.start();
    }

    /// The containers' runtime, with those that are there already.
    OneShot startRuntime(Packaging packaging) throws IOException, InterruptedException {
        runtime = steps.started(
                "runtime",
                new LinuxRuntime(
                        HostCleanup.settings(directory, cluster.id()).with(handlers.programs()),
                        new LinuxRuntime.Ports(
                                new StoredRootFilesystems(packaging.images()),
                                new StoredImages(packaging.images(), packaging.registries()),
                                network.sandboxes()),
                        commands,
                        new SecureRandom(),
                        time));
        Files.createDirectories(kubeletRoot());
        Files.createDirectories(memory());
        runtime.start();
        startForeignRuntime();
        return runtime.oneShot();
    }

    /// The pods' runtime, if it is somebody else's; build steps stay with ours.
    private void startForeignRuntime() throws IOException, InterruptedException {
        if (cri.runtime().isPresent()) {
            foreign = Optional.of(steps.started(
                    "pods' runtime",
                    new ForeignRuntime(
                            cri,
                            cluster.id(),
                            directory.node().resolve("logs"),
                            directory.node().resolve("cni"),
                            network,
                            time)));
            foreign.get().start();
        }
    }

    /// What the Docker Engine API needs to run containers beside the pods: a runtime of its own, which the kubelet
    /// does not see, and networks of its own.
    ContainerHost containerHost(Packaging packaging) throws InterruptedException {
        var engine = steps.started(
                "engine's runtime",
                new LinuxRuntime(
                        HostCleanup.engineSettings(directory, cluster.id()),
                        new LinuxRuntime.Ports(
                                new KeptRootFilesystems(packaging.images()),
                                new StoredImages(packaging.images(), packaging.registries()),
                                new Unwired()),
                        commands,
                        new SecureRandom(),
                        time));
        engine.start();
        var bridges = steps.started(
                "engine's networks",
                new HostBridges(
                        cluster.id(),
                        directory.node(),
                        ClusterSetup.RUN_DIRECTORY,
                        cluster.dnsServiceAddress(),
                        hostPorts,
                        commands,
                        time));
        bridges.start();
        return new ContainerHost(
                engine, engine.rootViews(), bridges, directory.node().resolve("engine"), new SecureRandom());
    }

    /// The kubelet and its HTTPS port.
    void startKubelet() throws IOException {
        KubeletConfig config = KubeletConfig.of(
                        host.name(),
                        host.address(),
                        kubeletRoot(),
                        directory.node().resolve("logs"),
                        List.of(cluster.dnsServiceAddress()))
                .withApiPort(cluster.kubeletPort())
                .withMemory(memory())
                .withLogind(new LogindFiles(SystemBus.find(System.getenv()), new HostPaths(cluster.id()).logindDelay()))
                .withManifests(Files.createDirectories(directory.node().resolve("manifests")))
                .withConfiguration(decided())
                .withCredentialProviders(credentials)
                .withLabels(marks.labels())
                .withTaints(Stream.concat(marks.taints().stream(), configuration.taints().stream())
                        .toList());
        config = foreign.isPresent()
                ? config.withIdScheme(foreign.get().runtime().name())
                : config.withImages(directory.node().resolve("images"));
        NodeRuntime pods = foreign.isPresent() ? foreign.get().runtime() : runtime;
        kubelet = new Kubelet(
                config,
                pods,
                controlPlane.client(UserInfo.of("system:node:" + host.name(), "system:nodes")),
                time,
                this::takePodRange);
        steps.started("kubelet", kubelet);
        var https = steps.started("kubelet HTTPS", new HttpServer("kubelet", kubelet.api()));
        https.listen(
                new InetSocketAddress(cluster.kubeletPort()),
                new HttpServer.Tls(shown(), List.of(certificates.authority())));
        kubelet.start();
        if (foreign.isEmpty()) {
            steps.started("CRI socket", new CriSocket(directory.node(), cluster.id(), host.name(), runtime, time))
                    .start();
        }
    }

    /// The cluster's own certificate, or one that somebody approves.
    private Supplier<TlsIdentity> shown() {
        if (!configuration.flag("serverTLSBootstrap")) {
            return certificates.kubelet();
        }
        var serving = steps.started(
                "serving certificate",
                new ServingCertificate(
                        controlPlane.client(UserInfo.of("system:node:" + host.name(), "system:nodes")),
                        host.name(),
                        List.of(host.name(), host.address()),
                        kubeletRoot().resolve("pki"),
                        new SecureRandom(),
                        time));
        serving.start();
        return () -> {
            Identity now = serving.get();
            return new TlsIdentity(now.key(), now.chain());
        };
    }

    /// The user's configuration with what this program decides itself, so that `/configz` shows what is.
    private KubeletConfiguration decided() {
        configuration.unused().forEach(path -> log.warn("the kubelet's {} is set and changes nothing here", path));
        return configuration
                .with("port", cluster.kubeletPort())
                .with("clusterDomain", "cluster.local")
                .with("clusterDNS", Json.array().add(cluster.dnsServiceAddress()))
                .with("staticPodPath", directory.node().resolve("manifests").toString())
                .with("cgroupRoot", "/" + new HostPaths(cluster.id()).cgroup())
                .with("podLogsDir", directory.node().resolve("logs").toString());
    }

    /// The machine is about to go down: pods end as the configuration says. Returns at once.
    void machineGoesDown() {
        if (kubelet != null) {
            kubelet.machineGoesDown();
        }
    }

    /// Ends all containers, gracefully.
    void stopApplications() throws InterruptedException {
        if (kubelet != null) {
            kubelet.stopAll(LONGEST_GRACE);
        }
    }

    @Override
    public void close() {
        steps.close();
    }

    private Path kubeletRoot() {
        return directory.node().resolve("kubelet");
    }

    /// Volumes in memory.
    private Path memory() {
        return HostCleanup.memory(cluster.id());
    }

    private void takePodRange(String range) {
        try {
            network.podRange(range);
            if (foreign.isPresent()) {
                foreign.get().podRange(range);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static JavaProgram thisProgram() {
        return new JavaProgram(
                Path.of(System.getProperty("java.home"), "bin", "java"), System.getProperty("java.class.path"));
    }
}
