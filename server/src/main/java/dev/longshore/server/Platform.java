package dev.longshore.server;

import dev.longshore.apiserver.Compactor;
import dev.longshore.base.Time;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.DataDirectory;
import dev.longshore.controllers.AddressRange;
import dev.longshore.images.LocalImages;
import dev.longshore.images.registry.config.RegistryConfig;
import dev.longshore.linux.Commands;
import dev.longshore.model.MetricFamily;
import dev.longshore.runtime.OneShot;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.config.EtcdOptions;
import dev.longshore.server.config.HollowScale;
import dev.longshore.server.config.PlaceOptions;
import dev.longshore.server.config.UpOptions;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Renewal;
import dev.longshore.server.pki.Terms;
import dev.longshore.store.AutoCompaction;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Store;
import dev.longshore.store.Stores;
import dev.longshore.store.etcd.EtcdStore;
import io.fabric8.kubernetes.api.model.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// All of Longshore on this machine, in the order in which it starts and, backwards, stops.
final class Platform implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration LONGEST_GRACE = Duration.ofSeconds(10);

    private final DataDirectory directory;
    private final ClusterRecord cluster;
    private final HostAddress host;
    private final Commands commands;
    private final ApiSettings settings;
    private final EtcdOptions etcd;
    private final Optional<EtcdStore> external;
    private final PlaceOptions place;
    private final RegistryConfig registry;
    private final long buildCacheBytes;
    private final Optional<AddressRange> balancerRange;
    private final HollowScale hollow;
    private final UpOptions.NodeOptions nodeOptions;
    private final Time time;
    private final Progress progress;
    private final Steps steps = new Steps();
    private volatile LocalNode node;
    private Packaging packaging;
    private ControlPlane controlPlane;
    private volatile EmbeddedStore opened;
    private volatile CertificateRoutes.Kept kept;

    Platform(
            DataDirectory directory,
            ClusterRecord cluster,
            HostAddress host,
            Commands commands,
            ApiSettings settings,
            EtcdOptions etcd,
            Optional<EtcdStore> external,
            PlaceOptions place,
            RegistryConfig registry,
            long buildCacheBytes,
            Optional<AddressRange> balancerRange,
            HollowScale hollow,
            UpOptions.NodeOptions nodeOptions,
            Time time,
            Progress progress) {
        this.directory = directory;
        this.cluster = cluster;
        this.host = host;
        this.commands = commands;
        this.settings = settings;
        this.etcd = etcd;
        this.external = external;
        this.place = place;
        this.registry = registry;
        this.buildCacheBytes = buildCacheBytes;
        this.balancerRange = balancerRange;
        this.hollow = hollow;
        this.nodeOptions = nodeOptions;
        this.time = time;
        this.progress = progress;
    }

    /// Starts everything; returns when all parts run, which is before the node is Ready.
    void start() throws IOException, InterruptedException {
        if (place.pki().isPresent()) {
            new SharedKeys(place.pki().get(), directory.pki()).take(time, new SecureRandom());
        }
        // The native library takes a tenth of a second: meanwhile keys can be read.
        var warm = CompletableFuture.runAsync(
                Stores::warmUp, task -> Thread.ofPlatform().name("warm-up").start(task));
        Certificates certificates = step(
                "certificates",
                "",
                () -> new Certificates(
                        new ClusterKeys(directory.pki(), time, Terms.USUAL, new SecureRandom()), cluster, host, time));
        warm.join();
        controlPlane = step("API server", "https://127.0.0.1:" + cluster.apiPort(), () -> {
            Store store = external.isPresent() ? external.get() : embedded();
            var started = steps.started(
                    "control plane", new ControlPlane(store, cluster, host, certificates, settings, time));
            steps.started("compaction", new Compactor(store, time, settings.compaction()))
                    .start();
            started.listen();
            if (store instanceof EmbeddedStore own) {
                steps.started("automatic compaction", new AutoCompaction(own, etcd.retention(), time))
                        .start();
                listenAsEtcd(own, certificates.keys());
                opened = own;
            }
            return started;
        });
        var kubeconfig = new KubeconfigFile(directory.kubeconfig(), cluster, certificates);
        kubeconfig.follow();
        var renewal = steps.started(
                "renewal of certificates",
                new Renewal(certificates.keys(), List.of(kubeconfig, certificates.root()), time));
        renewal.start();
        kept = new CertificateRoutes.Kept(certificates.keys(), renewal);
        step("controllers", "and scheduler", () -> {
            controlPlane.startLoops(directory.node().resolve("volumes"), balancerRange);
            return controlPlane;
        });
        if (place.hasNode()) {
            startNode(certificates);
        }
        startHollow();
    }

    private void startNode(Certificates certificates) throws IOException, InterruptedException {
        node = steps.started(
                "node",
                new LocalNode(directory, cluster, host, certificates, controlPlane, nodeOptions, commands, time));
        step("network", "pods " + cluster.podRange() + ", services " + cluster.serviceRange(), () -> {
            node.startNetwork();
            return node;
        });
        step("images", "registry 127.0.0.1:" + cluster.registryPort() + ", docker.sock", () -> {
            packaging = steps.started(
                    "packaging", Packaging.open(directory, cluster, registry, certificates.keys(), commands, time));
            OneShot oneShot = node.startRuntime(packaging);
            packaging.serve(oneShot, host, buildCacheBytes, node.containerHost(packaging));
            return packaging;
        });
        step("kubelet", "node " + host.name(), () -> {
            node.startKubelet();
            return node;
        });
    }

    private EmbeddedStore embedded() {
        return StoreOpening.open(directory, etcd.quota(), time);
    }

    private void listenAsEtcd(EmbeddedStore store, ClusterKeys keys) throws IOException {
        if (etcd.listen().isPresent()) {
            steps.started("etcd face", EtcdListener.open(etcd.listen().get(), store, keys, cluster, host));
        }
    }

    /// Without groups too: nodes of earlier ones may be left.
    private void startHollow() throws IOException, InterruptedException {
        Path root = directory.node().resolve("hollow");
        if (hollow.groups().isEmpty()) {
            steps.started("hollow nodes", controlPlane.scale(hollow, root));
            return;
        }
        String groups = hollow.groups().stream()
                .map(group -> "%s %d-%d".formatted(group.name(), group.min(), group.max()))
                .collect(Collectors.joining(", "));
        step(
                "hollow nodes",
                groups + " (pods there only pretend to run)",
                () -> steps.started("hollow nodes", controlPlane.scale(hollow, root)));
    }

    /// The cluster's own certificates, once the API server has been started.
    Optional<CertificateRoutes.Kept> certificates() {
        return Optional.ofNullable(kept);
    }

    /// The images of this machine, once everything has been started.
    ///
    /// @throws CommandFailure when it has none
    LocalImages images() {
        if (packaging == null) {
            throw new CommandFailure("this server has no images: it was started with --no-node");
        }
        return packaging.images();
    }

    /// The store, once the API server has been started.
    Optional<EmbeddedStore> store() {
        return Optional.ofNullable(opened);
    }

    /// Tells what `families` says at `/metrics`, too; once the API server has been started.
    void measure(Supplier<List<MetricFamily>> families) {
        controlPlane.measure(families);
    }

    /// Encryption of what is stored, once the API server has been started.
    AtRest atRest() {
        return controlPlane.atRest();
    }

    /// Waits until the node is Ready, or somebody wants to stop.
    ///
    /// @return true if it is Ready
    boolean awaitReady(BooleanSupplier isInterrupted) throws InterruptedException {
        if (!place.hasNode()) {
            return true;
        }
        long begun = time.nanoTime();
        progress.begin("node " + host.name() + " Ready");
        while (!isReady()) {
            if (isInterrupted.getAsBoolean()) {
                return false;
            }
            time.sleep(POLL);
        }
        progress.done("node", host.name() + " Ready", Duration.ofNanos(time.nanoTime() - begun));
        return true;
    }

    /// Whether the node is Ready, where there is one.
    boolean isReady() {
        if (!place.hasNode()) {
            return true;
        }
        Node found = controlPlane
                .client(ControlPlane.SELF)
                .nodes()
                .withName(host.name())
                .get();
        return found != null && isReady(found);
    }

    /// Whether `node` says of itself that it is Ready.
    static boolean isReady(Node node) {
        return node.getStatus() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"));
    }

    /// The machine is about to go down: pods end as the kubelet's configuration says. Returns at once.
    void machineGoesDown() {
        if (node != null) {
            node.machineGoesDown();
        }
    }

    /// Ends all applications, gracefully.
    void stopApplications() throws InterruptedException {
        if (packaging != null) {
            packaging.stopContainers(LONGEST_GRACE);
        }
        if (node != null) {
            node.stopApplications();
        }
    }

    /// Stops; applications go on.
    @Override
    public void close() {
        steps.close();
    }

    private <T> T step(String name, String detail, Step<T> work) throws IOException, InterruptedException {
        long begun = time.nanoTime();
        progress.begin(name);
        T result = work.run();
        progress.done(name, detail, Duration.ofNanos(time.nanoTime() - begun));
        return result;
    }

    private interface Step<T> {
        T run() throws IOException, InterruptedException;
    }
}
