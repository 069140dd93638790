package dev.longshore.kubelet.node;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.EventRecorder;
import dev.longshore.kubelet.cluster.NodeApi;
import dev.longshore.kubelet.devices.ExtendedResources;
import dev.longshore.runtime.NodeRuntime;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Keeps the Node and its Lease: registers, renews the lease every ten seconds, looks at the status as often
/// and writes it when it has changed, or after five minutes. One thread each for lease and status, so that a
/// status that is slow to work out costs no heartbeat.
public final class NodeAgent implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(NodeAgent.class);
    private static final Duration BEAT = Duration.ofSeconds(10);
    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration REPORT = Duration.ofMinutes(5);
    private static final int LEASE_SECONDS = 40;
    private static final String LEASES = "kube-node-lease";

    private final NodeSettings settings;
    private final NodeApi api;
    private final EventRecorder events;
    private final Time time;
    private final NodeObject object;
    private final Consumer<String> podCidr;
    private final Thread leaseThread;
    private final Thread statusThread;
    private final Semaphore news = new Semaphore(0);
    private boolean isRegistered;
    private boolean hasCidr;
    private Optional<NodeStatus> told = Optional.empty();
    private Instant reported = Instant.EPOCH;
    private volatile Optional<String> uid = Optional.empty();
    private volatile Map<String, Quantity> allocatable = Map.of();

    /// `pressures` are told as conditions of the node; `podCidr` is called once with the range that the cluster gives
    /// the node's pods.
    public NodeAgent(
            NodeSettings settings,
            Machine machine,
            Pressures pressures,
            NodeRuntime runtime,
            NodeApi api,
            EventRecorder events,
            Time time,
            Consumer<String> podCidr) {
        this(
                settings,
                machine,
                pressures,
                new ShutdownState(),
                runtime,
                api,
                events,
                time,
                podCidr,
                ExtendedResources.NONE,
                Set::of);
    }

    /// The same, of a node that also says whether it goes down, as `shutdown` knows, and has `extended`, and attached
    // volumes of which pods use `volumesInUse`.
    public NodeAgent(
            NodeSettings settings,
            Machine machine,
            Pressures pressures,
            ShutdownState shutdown,
            NodeRuntime runtime,
            NodeApi api,
            EventRecorder events,
            Time time,
            Consumer<String> podCidr,
            ExtendedResources extended,
            Supplier<Set<String>> volumesInUse) {
        this.settings = requireNonNull(settings, "settings");
        this.api = requireNonNull(api, "api");
        this.events = requireNonNull(events, "events");
        this.time = requireNonNull(time, "time");
        this.podCidr = requireNonNull(podCidr, "podCidr");
        this.object = new NodeObject(
                settings,
                machine,
                runtime,
                new RuntimeHealth(runtime, time),
                pressures,
                shutdown,
                extended,
                volumesInUse);
        this.leaseThread = Thread.ofVirtual().name("kubelet-lease").unstarted(this::keepLease);
        this.statusThread = Thread.ofVirtual().name("kubelet-node").unstarted(this::keepStatus);
    }

    /// Starts; returns at once.
    public void start() {
        allocatable = object.allocatable();
        events.node("Normal", "Starting", "Starting kubelet.");
        statusThread.start();
        leaseThread.start();
    }

    /// Has the status told at once, if there is news; returns without waiting for that.
    public void tellNow() {
        news.release();
    }

    /// When the runtime last answered all that pods need; empty before it ever did.
    public Optional<Instant> runtimeWell() {
        return object.runtimeWell();
    }

    /// What pods may have.
    public Map<String, Quantity> allocatable() {
        return allocatable;
    }

    @Override
    public void close() {
        statusThread.interrupt();
        leaseThread.interrupt();
    }

    private void keepStatus() {
        Duration pause = FIRST_RETRY;
        try {
            while (true) {
                try {
                    if (!isRegistered) {
                        register();
                    }
                    boolean hadCidr = hasCidr;
                    report();
                    if (hasCidr && !hadCidr) {
                        // The range is what the node waited for: that it is Ready now is told at once.
                        report();
                    }
                    // Until the pod range is known pods wait for it, so that is asked for more often.
                    pause = hasCidr ? BEAT : grown(pause, Duration.ofSeconds(2));
                } catch (RuntimeException failure) {
                    log.info("node {} not reported, will try again: {}", settings.name(), failure.getMessage());
                    pause = grown(pause, BEAT);
                    // It may have been deleted.
                    isRegistered = false;
                }
                awaitNews(pause);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitNews(Duration most) throws InterruptedException {
        Time.Timer timer = time.schedule(most, news::release);
        try {
            news.acquire();
            news.drainPermits();
        } finally {
            timer.cancel();
        }
    }

    private static Duration grown(Duration pause, Duration most) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(most) > 0 ? most : doubled;
    }

    private void register() throws InterruptedException {
        Optional<Node> known = api.get(settings.name());
        if (known.isEmpty()) {
            api.create(object.fresh(time.now())).ifPresent(this::learn);
        } else {
            ObjectNode patch = Json.object();
            ObjectNode metadata = patch.putObject("metadata");
            ObjectNode labels = metadata.putObject("labels");
            object.labels().forEach(labels::put);
            ObjectNode annotations = metadata.putObject("annotations");
            NodeObject.ANNOTATIONS.forEach(annotations::put);
            learn(api.patch(settings.name(), patch));
            told = Optional.ofNullable(known.get().getStatus());
        }
        isRegistered = true;
    }

    private void report() throws InterruptedException {
        Instant now = time.now();
        NodeStatus status = object.status(told, now);
        allocatable = status.getAllocatable();
        boolean isDue = !now.isBefore(reported.plus(REPORT));
        if (isDue || told.map(before -> !says(before, status)).orElse(true)) {
            ObjectNode written = (ObjectNode) Json.parse(Serialization.asJson(status));
            // What is empty is left out else, and would stay as it was.
            written.withArray("volumesInUse");
            Node answer = api.patchStatus(settings.name(), written);
            NodeNews.between(settings.name(), told, status)
                    .forEach(item -> events.node(item.type(), item.reason(), item.message()));
            told = Optional.of(status);
            reported = now;
            learn(answer);
        } else if (!hasCidr) {
            Optional<Node> node = api.get(settings.name());
            isRegistered = node.isPresent();
            node.ifPresent(this::learn);
        }
    }

    /// Apart from heartbeats, which always differ.
    private static boolean says(NodeStatus before, NodeStatus now) {
        return quiet(before).equals(quiet(now));
    }

    private static NodeStatus quiet(NodeStatus status) {
        NodeStatus quiet = status.toBuilder().build();
        quiet.setConditions(status.getConditions().stream()
                .map(condition ->
                        condition.toBuilder().withLastHeartbeatTime(null).build())
                .toList());
        return quiet;
    }

    private void learn(Node node) {
        uid = Optional.ofNullable(node.getMetadata().getUid());
        Optional<String> cidr =
                Optional.ofNullable(node.getSpec()).map(NodeSpec::getPodCIDR).filter(range -> !range.isEmpty());
        if (!hasCidr && cidr.isPresent()) {
            podCidr.accept(cidr.get());
            hasCidr = true;
        }
    }

    private void keepLease() {
        Duration pause = FIRST_RETRY;
        Optional<Lease> held = Optional.empty();
        try {
            while (true) {
                try {
                    held = Optional.of(api.renew(renewed(held)));
                    pause = BEAT;
                } catch (RuntimeException failure) {
                    // Somebody else wrote it, or nobody answers: read it anew.
                    log.debug("lease of node {} not renewed: {}", settings.name(), failure.getMessage());
                    held = Optional.empty();
                    pause = grown(pause.compareTo(BEAT) == 0 ? FIRST_RETRY : pause, Duration.ofSeconds(7));
                }
                time.sleep(pause);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private Lease renewed(Optional<Lease> held) {
        ZonedDateTime now = time.now().truncatedTo(ChronoUnit.MICROS).atZone(ZoneOffset.UTC);
        if (held.isPresent()) {
            Lease lease = held.get();
            lease.getSpec().setRenewTime(now);
            return lease;
        }
        return new LeaseBuilder()
                .withNewMetadata()
                .withNamespace(LEASES)
                .withName(settings.name())
                .withOwnerReferences(uid.map(this::owner).stream().toList())
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(settings.name())
                .withLeaseDurationSeconds(LEASE_SECONDS)
                .withRenewTime(now)
                .endSpec()
                .build();
    }

    private OwnerReference owner(String nodeUid) {
        return new OwnerReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(settings.name())
                .withUid(nodeUid)
                .build();
    }
}
