package dev.longshore.kubelet;

import dev.longshore.base.Time;
import dev.longshore.client.ClientCalls;
import dev.longshore.http.Handler;
import dev.longshore.kubelet.cluster.ClientAccess;
import dev.longshore.kubelet.cluster.ClientConfig;
import dev.longshore.kubelet.cluster.ClientEvents;
import dev.longshore.kubelet.cluster.ClientNodes;
import dev.longshore.kubelet.cluster.ClientPods;
import dev.longshore.kubelet.cluster.EventRecorder;
import dev.longshore.kubelet.cluster.PodApi;
import dev.longshore.kubelet.manifests.StaticPods;
import dev.longshore.kubelet.measures.MeasuredRuntime;
import dev.longshore.kubelet.measures.NodeMeasures;
import dev.longshore.kubelet.node.HostMachine;
import dev.longshore.kubelet.node.Machine;
import dev.longshore.kubelet.node.NodeAgent;
import dev.longshore.kubelet.node.Pressures;
import dev.longshore.kubelet.node.PretendedMachine;
import dev.longshore.kubelet.node.ReservedCgroups;
import dev.longshore.kubelet.node.ShutdownState;
import dev.longshore.kubelet.pods.Eviction;
import dev.longshore.kubelet.pods.PodRules;
import dev.longshore.kubelet.pods.PodSettings;
import dev.longshore.kubelet.pods.PodSnapshot;
import dev.longshore.kubelet.pods.PodWorkers;
import dev.longshore.kubelet.probes.NodeActions;
import dev.longshore.kubelet.serving.AccessGate;
import dev.longshore.kubelet.serving.KubeletApi;
import dev.longshore.kubelet.serving.NodeLogs;
import dev.longshore.kubelet.serving.NodeUsage;
import dev.longshore.kubelet.serving.SyncLoop;
import dev.longshore.kubelet.shutdown.NodeShutdown;
import dev.longshore.kubelet.shutdown.ShutdownWatch;
import dev.longshore.kubelet.volumes.ClaimExpansion;
import dev.longshore.kubelet.volumes.HostVolumes;
import dev.longshore.kubelet.volumes.NodeAccess;
import dev.longshore.kubelet.volumes.PodVolumes;
import dev.longshore.linux.Cgroups;
import dev.longshore.linux.DirectMounts;
import dev.longshore.linux.HostCommands;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.NodeRuntime;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The node agent: registers the node, makes the pods that are bound to it happen, and tells the cluster how
/// they are. What it starts outlives it: [#close] leaves containers running, and the next kubelet over the same
/// runtime takes them over; [#stopAll] ends them.
public final class Kubelet implements AutoCloseable {

    private final EventRecorder events;
    private final NodeAgent node;
    private final PodWorkers pods;
    private final ClientConfig references;
    private final Handler api;
    private final Eviction eviction;
    private final ClaimExpansion expansion;
    private final NodePlugins plugins;
    private final NodeShutdown shutdown;
    private final ShutdownWatch shutdownWatch;
    private final boolean isReal;
    private final Optional<ReservedCgroups> reserved;

    /// Over the runtime `plain` and `client`, neither of which it closes; the client should act as `system:node:NAME`.
    /// `podCidr` is called once with the range that the cluster gives the node's pods.
    public Kubelet(
            KubeletConfig config, NodeRuntime plain, KubernetesClient client, Time time, Consumer<String> podCidr) {
        var measures = new NodeMeasures();
        var runtime = new MeasuredRuntime(plain, measures, time);
        Machine machine = config.capacity().isEmpty()
                ? new HostMachine(config.places().disks())
                : new PretendedMachine(config.nodeName(), config.capacity());
        var pressures = new Pressures();
        var shutdownState = new ShutdownState();
        this.events = new EventRecorder(new ClientEvents(client), time, config.nodeName());
        this.references = new ClientConfig(client);
        this.plugins = config.hollow() ? NodePlugins.none() : NodePlugins.of(config, client, references, time);
        this.reserved = config.hollow()
                ? Optional.empty()
                : Optional.of(new ReservedCgroups(config.configuration(), Cgroups.detect(), events));
        this.node = new NodeAgent(
                config.node(),
                machine,
                pressures,
                shutdownState,
                runtime,
                new ClientNodes(client),
                events,
                time,
                podCidr,
                plugins.extendedResources(),
                plugins::volumesInUse);
        PodVolumes volumes = config.hollow()
                ? PodVolumes.NONE
                : new HostVolumes(
                        config.root(),
                        config.places().memory(),
                        references,
                        new NodeAccess(DirectMounts.host(), new HostCommands(), () -> labels(config, client)),
                        plugins.volumeDrivers(),
                        time);
        volumes.onOperation(measures::stored);
        ClientCalls.of(client).ifPresent(calls -> calls.tell(measures::called, time));
        this.pods = new PodWorkers(
                podSettings(config, machine),
                runtime,
                pods(config, client, time),
                references,
                events,
                volumes,
                new NodeActions(runtime.streams(), time),
                time,
                node::allocatable,
                pressures,
                plugins.devices(),
                shutdownState,
                measures);
        this.shutdown = NodeShutdown.of(
                config.configuration(), pods, shutdownState, events, node::tellNow, config.root(), time);
        this.shutdownWatch = ShutdownWatch.of(shutdown, config.places().logind(), time);
        this.isReal = !config.hollow();
        plugins.serve(pods::pods, pods::isSynced);
        this.eviction = new Eviction(
                config.configuration(),
                pods,
                runtime,
                machine::left,
                config.places().disks(),
                pressures,
                events,
                time);
        this.expansion = new ClaimExpansion(
                this::runningPods,
                references,
                plugins.volumeDrivers(),
                claim -> client.resource(claim).updateStatus(),
                events,
                time);
        Path proc =
                config.capacity().isEmpty() ? Path.of("/proc") : config.root().resolve("no-proc");
        var usage = new NodeUsage(
                config.nodeName(),
                pods,
                runtime.containers(),
                time,
                proc,
                config.places().disks(),
                () -> runtime.images().list().stream()
                        .mapToLong(Images.ImageStatus::sizeBytes)
                        .sum(),
                machine::info);
        this.api = new AccessGate(new ClientAccess(client, config.nodeName()), time)
                .before(new KubeletApi(
                        pods,
                        runtime,
                        usage,
                        new NodeLogs(nodeLogs(config)),
                        new SyncLoop(pods::dispatchingSince, node::runtimeWell, time),
                        config.configuration()::document,
                        shutdown::times,
                        time));
    }

    private static Map<String, String> labels(KubeletConfig config, KubernetesClient client) {
        return new ClientNodes(client)
                .get(config.nodeName())
                .map(node -> node.getMetadata().getLabels())
                .orElse(Map.of());
    }

    /// A pretended machine has no logs of its own.
    private static Path nodeLogs(KubeletConfig config) {
        return config.hollow() ? config.root().resolve("no-logs") : Path.of("/var/log");
    }

    private static PodApi pods(KubeletConfig config, KubernetesClient client, Time time) {
        var bound = new ClientPods(client, config.nodeName());
        if (config.places().manifests().isEmpty()) {
            return bound;
        }
        var nodes = new ClientNodes(client);
        return StaticPods.of(
                bound,
                config.places().manifests().get(),
                config.nodeName(),
                () -> nodes.get(config.nodeName())
                        .map(node -> node.getMetadata().getUid()),
                time);
    }

    private List<Pod> runningPods() {
        return pods.pods().stream()
                .filter(pod -> pod.sandboxId().isPresent())
                .map(PodSnapshot::pod)
                .toList();
    }

    private static PodSettings podSettings(KubeletConfig config, Machine machine) {
        long memory = Optional.ofNullable(machine.capacity().get("memory"))
                .map(Quantity::getNumericalAmount)
                .orElse(BigDecimal.ZERO)
                .longValue();
        return new PodSettings(
                        config.nodeName(),
                        config.root(),
                        config.places().logs(),
                        config.node().addresses(),
                        config.dns().servers(),
                        config.dns().domain(),
                        memory,
                        config.idScheme(),
                        config.hollow())
                .with(PodRules.of(
                        config.configuration(),
                        machine.capacity(),
                        config.places().credentials()));
    }

    /// The kubelet's HTTPS API, with the gate in front that lets in who may; whoever wires the node serves it with TLS.
    public Handler api() {
        return api;
    }

    /// Starts; returns at once, whether or not the cluster answers yet.
    public void start() {
        events.start();
        reserved.ifPresent(ReservedCgroups::enforce);
        plugins.start();
        node.start();
        pods.start();
        eviction.start();
        expansion.start();
        if (isReal) {
            shutdownWatch.start();
        }
    }

    /// The machine is about to go down, and logind does not say so: ends the pods as
    /// [graceful shutdown][NodeShutdown] does. Returns at once.
    public void machineGoesDown() {
        Thread.ofVirtual().name("kubelet-goes-down").start(() -> {
            try {
                shutdown.begin();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /// Ends every container of the node within `grace` and clears away what they leave; the cluster is not
    /// told. False if some are left.
    public boolean stopAll(Duration grace) throws InterruptedException {
        return pods.stopAll(grace);
    }

    /// Stops looking after the node; containers go on.
    @Override
    public void close() {
        shutdownWatch.close();
        expansion.close();
        eviction.close();
        pods.close();
        plugins.close();
        node.close();
        references.close();
        events.close();
    }
}
