package dev.longshore.journeys;

import static org.awaitility.Awaitility.await;

import dev.longshore.base.LeapingTime;
import dev.longshore.base.Time;
import dev.longshore.server.HollowCluster;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/// One cluster of three hollow nodes whose clock the tests move, for what takes minutes: API server, store,
/// controllers, scheduler, kubelets and containers live by it. It flows as the machine's own and leaps when told,
/// in small steps, each of which waits until everybody has acted on it: otherwise a leap would look to the node
/// controller like a machine that is lost, and a chain of several controllers would seem to take minutes.
final class MovedCluster implements BeforeAllCallback, AutoCloseable {

    private static final int NODES = 3;
    private static final Duration STEP = Duration.ofSeconds(5);

    /// For spans that are long.
    private static final Duration STRIDE = Duration.ofSeconds(10);

    private static final Duration LONG = Duration.ofMinutes(10);

    /// A heartbeat is due after ten seconds, and may be missed by a stride.
    private static final Duration FRESH = Duration.ofSeconds(25);

    private static final Duration POLL = Duration.ofMillis(8);
    private static final int TURNS = 25;
    /// Looks that find nothing new, one after the other: a busy machine may keep everybody waiting between two.
    private static final int QUIET = 4;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration AFTERWARDS = Duration.ofSeconds(20);
    private static final String LEASES = "kube-node-lease";
    private static MovedCluster running;

    private final Path scratch;
    private final LeapingTime time;
    private final HollowCluster cluster;
    private final KubernetesClient client;
    private final Set<String> silent = new HashSet<>();

    /// For JUnit, which only asks for [#beforeAll].
    MovedCluster() {
        this(null, null, null, null);
    }

    private MovedCluster(Path scratch, LeapingTime time, HollowCluster cluster, KubernetesClient client) {
        this.scratch = scratch;
        this.time = time;
        this.cluster = cluster;
        this.client = client;
    }

    /// The one cluster, started at first use.
    static synchronized MovedCluster cluster() {
        if (running == null) {
            try {
                Path scratch = Files.createTempDirectory("longshore-moved");
                var time = new LeapingTime(Time.system());
                var cluster = new HollowCluster(
                        NODES, scratch.resolve("cluster"), "", Duration.ZERO, time, HollowShared.METRIC_RESOLUTION);
                running = new MovedCluster(scratch, time, cluster, connect(cluster));
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(interrupted);
            }
        }
        return running;
    }

    /// A namespace of a test's own, ready for pods.
    HollowNamespace namespace(String theme) {
        KubernetesClient own = connect(cluster);
        var namespace = new HollowNamespace(own, HollowShared.namespace(own, theme));
        namespace.awaitServiceAccount();
        return namespace;
    }

    /// The admin's client; never closed by tests.
    KubernetesClient client() {
        return client;
    }

    /// The cluster's time, in whole seconds as stamps have it.
    Instant now() {
        return Instant.ofEpochSecond(time.now().getEpochSecond());
    }

    /// Lets `span` pass.
    void pass(Duration span) {
        Duration usual = stepFor(span);
        Duration left = span;
        while (left.isPositive()) {
            Duration step = left.compareTo(usual) < 0 ? left : usual;
            step(step);
            left = left.minus(step);
        }
    }

    private static Duration stepFor(Duration span) {
        return span.compareTo(LONG) < 0 ? STEP : STRIDE;
    }

    /// Lets time pass until `condition` holds, step by step, but no longer than `limit`; then the condition still
    /// has a while of the machine's time to come true.
    void passUntil(Duration limit, BooleanSupplier condition) {
        Instant end = now().plus(limit);
        while (now().isBefore(end)) {
            if (condition.getAsBoolean()) {
                return;
            }
            step(stepFor(limit));
        }
        await().atMost(AFTERWARDS).until(condition::getAsBoolean);
    }

    /// Waits, on the machine's clock, until `assertion` holds; it may fail meanwhile.
    static void soon(ThrowingRunnable assertion) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .untilAsserted(assertion);
    }

    /// Adds a node of zone `zone` and waits until it is Ready.
    void addNode(String name, String zone) {
        try {
            cluster.addNode(name, Map.of("topology.kubernetes.io/zone", zone));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        await().atMost(PATIENCE).until(() -> isReady(name));
    }

    /// The node's kubelet stops.
    void silence(String node) {
        silent.add(node);
        cluster.silenceNode(node);
    }

    /// A silenced node is back, and Ready.
    void resume(String node) {
        cluster.resumeNode(node);
        silent.remove(node);
        await().atMost(PATIENCE).until(() -> isReady(node));
    }

    /// Takes a silenced node out of the cluster.
    void forget(String node) {
        client.nodes().withName(node).delete();
    }

    /// True if the node says that it is Ready.
    boolean isReady(String node) {
        Node found = client.nodes().withName(node).get();
        return found != null
                && found.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"));
    }

    /// Leaps and waits until everybody has done what the leap called for: nodes are heard, and for a moment nobody
    /// writes anything.
    private void step(Duration span) {
        time.leap(span);
        var written = new AtomicReference<>("");
        var same = new AtomicInteger();
        await().atMost(PATIENCE).pollDelay(POLL).pollInterval(POLL).until(() -> {
            letOthersRun();
            LeaseList leases = client.leases().inNamespace(LEASES).list();
            String revision = leases.getMetadata().getResourceVersion();
            same.set(revision.equals(written.getAndSet(revision)) ? same.get() + 1 : 0);
            return areHeard(leases) && same.get() >= QUIET;
        });
    }

    /// Virtual threads run in turn: when one that was started last has run, so have those that were ready before,
    /// however busy the machine is.
    private static void letOthersRun() throws InterruptedException {
        for (int turn = 0; turn < TURNS; turn++) {
            Thread.startVirtualThread(() -> {}).join();
        }
    }

    private boolean areHeard(LeaseList leases) {
        Instant oldest = time.now().minus(FRESH);
        return leases.getItems().stream()
                .filter(lease -> !silent.contains(lease.getMetadata().getName()))
                .map(Lease::getSpec)
                .allMatch(spec -> spec.getRenewTime().toInstant().isAfter(oldest));
    }

    private static KubernetesClient connect(HollowCluster cluster) {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(cluster.kubeconfig()))
                .build();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot().getStore(Namespace.GLOBAL).computeIfAbsent(MovedCluster.class, key -> cluster());
    }

    @Override
    public void close() throws IOException {
        synchronized (MovedCluster.class) {
            running = null;
        }
        client.close();
        cluster.close();
        try (Stream<Path> files = Files.walk(scratch)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
