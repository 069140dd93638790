package dev.longshore.server;

import dev.longshore.apiserver.Compactor;
import dev.longshore.apiserver.RuntimeConfig;
import dev.longshore.base.ClusterId;
import dev.longshore.base.Time;
import dev.longshore.controllers.AddressRange;
import dev.longshore.http.HttpServer;
import dev.longshore.kubelet.KubeletConfig;
import dev.longshore.metrics.custom.AnnotatedPods;
import dev.longshore.model.UserInfo;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.config.HollowScale;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Renewal;
import dev.longshore.server.pki.Terms;
import dev.longshore.store.Stores;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A whole cluster in this process, with no root, no native tool and nothing on disk but keys: API server over
/// a store in memory, controllers, scheduler, and nodes that only pretend to run containers. Made by its
/// constructor, ready for use. What `testkit` calls shows JDK types only, since it loads this into a class loader
/// of its own. Nodes come, go and fall silent by one thread.
public final class HollowCluster implements AutoCloseable {

    /// An address for documentation (RFC 5737).
    private static final String NOWHERE = "192.0.2.1";

    /// For documentation too, as addresses of load balancers.
    private static final AddressRange BALANCERS = AddressRange.parse("198.51.100.0/24");

    private static final Duration READY_LIMIT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(10);

    private static final Map<String, Quantity> NODE_SIZE = Map.of(
            "cpu", new Quantity("8"), "memory", new Quantity("32Gi"), "ephemeral-storage", new Quantity("100Gi"));

    private final Time time;
    private final Map<String, HollowNode> nodes = new LinkedHashMap<>();
    private final Steps steps = new Steps();
    private final ControlPlane controlPlane;
    private final HttpServer.Tls kubeletTls;
    private final Path scratch;
    private final KubeconfigFile kubeconfig;
    private final String server;

    /// Starts a cluster of `nodes` nodes, called `node-1` and so on, and returns when all are Ready.
    ///
    /// @param scratch a directory for keys, which the caller removes
    /// @throws IllegalStateException when it did not become ready within half a minute
    public HollowCluster(int nodes, Path scratch) throws IOException, InterruptedException {
        this(nodes, scratch, "");
    }

    /// As above.
    ///
    /// @param runtimeConfig which versions of the API are on, as the flag `--runtime-config` has it
    public HollowCluster(int nodes, Path scratch, String runtimeConfig) throws IOException, InterruptedException {
        this(nodes, scratch, runtimeConfig, Duration.ZERO);
    }

    /// As above.
    ///
    /// @param compaction how often the store forgets its history; zero for never
    public HollowCluster(int nodes, Path scratch, String runtimeConfig, Duration compaction)
            throws IOException, InterruptedException {
        this(nodes, scratch, runtimeConfig, compaction, Time.system());
    }

    /// As above.
    ///
    /// @param time of every part: API server, store, controllers, scheduler, kubelets and their containers; only
    ///     connections and certificates go by the machine's
    public HollowCluster(int nodes, Path scratch, String runtimeConfig, Duration compaction, Time time)
            throws IOException, InterruptedException {
        this(nodes, scratch, runtimeConfig, compaction, time, ApiSettings.USUAL_RESOLUTION);
    }

    /// As above.
    ///
    /// @param metricResolution how often nodes are asked what they use; zero without metrics APIs
    public HollowCluster(
            int nodes, Path scratch, String runtimeConfig, Duration compaction, Time time, Duration metricResolution)
            throws IOException, InterruptedException {
        this(
                nodes,
                scratch,
                ApiSettings.of(RuntimeConfig.parse(runtimeConfig))
                        .withCompaction(compaction)
                        .withMetricResolution(metricResolution),
                time);
    }

    /// As above.
    HollowCluster(int nodes, Path scratch, ApiSettings settings, Time time) throws IOException, InterruptedException {
        this(nodes, scratch, settings, time, Terms.USUAL);
    }

    /// As above.
    ///
    /// @param certificateLife how long its certificates are good for
    /// @param renewal how long before their end they are renewed
    public HollowCluster(int nodes, Path scratch, Duration certificateLife, Duration renewal)
            throws IOException, InterruptedException {
        this(
                nodes,
                scratch,
                ApiSettings.DEFAULT.withCompaction(Duration.ZERO),
                Time.system(),
                Terms.of(certificateLife).renewedBefore(renewal));
    }

    private HollowCluster(int nodes, Path scratch, ApiSettings settings, Time time, Terms terms)
            throws IOException, InterruptedException {
        Logging.off();
        this.time = time;
        this.scratch = scratch;
        var randomness = new SecureRandom();
        // The API refuses endpoints on loopback, and nobody here goes by them.
        var host = new HostAddress("localhost", NOWHERE);
        var cluster = new ClusterRecord(
                ClusterId.random(randomness),
                "testkit",
                "10.244.0.0/16",
                "10.96.0.0/16",
                "30000-32767",
                freePort(),
                0,
                0);
        // Certificates go by the machine's clock, as connections do.
        var certificates = new Certificates(
                new ClusterKeys(scratch.resolve("pki"), Time.system(), terms, randomness), cluster, host, time);
        this.kubeletTls = new HttpServer.Tls(certificates.kubelet(), List.of(certificates.authority()));
        this.server = "https://127.0.0.1:" + cluster.apiPort();
        this.kubeconfig = new KubeconfigFile(scratch.resolve("kubeconfig"), cluster, certificates);
        steps.started(
                        "renewal of certificates",
                        new Renewal(certificates.keys(), List.of(kubeconfig, certificates.root()), Time.system()))
                .start();
        var store = Stores.inMemory(time);
        this.controlPlane =
                steps.started("control plane", new ControlPlane(store, cluster, host, certificates, settings, time));
        steps.started("compaction", new Compactor(store, time, settings.compaction()))
                .start();
        try {
            controlPlane.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), cluster.apiPort()));
            controlPlane.startLoops(scratch.resolve("volumes"), Optional.of(BALANCERS), new AnnotatedPods());
            for (int i = 1; i <= nodes; i++) {
                addNode("node-" + i, Map.of());
            }
            awaitReady(nodes);
        } catch (IOException | InterruptedException | RuntimeException failed) {
            close();
            throw failed;
        }
    }

    /// The admin's kubeconfig as it is now, as text. `kubeconfig` in the scratch directory has the same.
    public String kubeconfig() {
        return kubeconfig.text();
    }

    /// The API server's URL.
    public String server() {
        return server;
    }

    /// Adds a node with further `labels`; returns before it is Ready.
    ///
    /// @throws IllegalArgumentException when there is one called so
    public void addNode(String name, Map<String, String> labels) throws IOException {
        if (nodes.containsKey(name)) {
            throw new IllegalArgumentException("there is a node called " + name);
        }
        var node = new HollowNode(
                KubeletConfig.hollow(name, "127.0.0.1", scratch.resolve(name), NODE_SIZE)
                        .withLabels(labels),
                controlPlane.client(UserInfo.of("system:node:" + name, "system:nodes")),
                kubeletTls,
                time);
        nodes.put(name, node);
        steps.started(name, node);
        node.start();
    }

    /// The node's kubelet stops, as if it had lost its network: containers go on, and nobody hears of them.
    public void silenceNode(String name) {
        node(name).fallSilent();
    }

    /// A node that had fallen silent is back.
    public void resumeNode(String name) {
        node(name).start();
    }

    /// Adds groups of nodes that the cluster autoscaler makes larger and smaller; closing what it returns stops the
    /// autoscaler and removes the groups' nodes.
    ///
    /// @param yaml as the file of `up --hollow-config`
    /// @throws IllegalArgumentException when that makes no sense
    public AutoCloseable autoscale(String yaml) {
        var scaling = steps.started(
                "hollow groups",
                controlPlane.scale(HollowScale.of(yaml, List.of(), List.of()), scratch.resolve("groups")));
        return () -> {
            scaling.close();
            scaling.clear();
        };
    }

    private HollowNode node(String name) {
        HollowNode node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("there is no node called " + name);
        }
        return node;
    }

    @Override
    public void close() {
        steps.close();
    }

    private void awaitReady(int nodes) throws InterruptedException {
        var client = controlPlane.client(ControlPlane.SELF);
        long deadline = time.nanoTime() + READY_LIMIT.toNanos();
        while (client.nodes().list().getItems().stream()
                        .filter(Platform::isReady)
                        .count()
                < nodes) {
            if (time.nanoTime() - deadline > 0) {
                throw new IllegalStateException("the nodes did not become Ready within " + READY_LIMIT);
            }
            time.sleep(POLL);
        }
    }

    private static int freePort() throws IOException {
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
