package dev.longshore.kubelet.pods;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.kubelet.cluster.EventRecorder;
import dev.longshore.kubelet.cluster.PodApi;
import dev.longshore.kubelet.devices.ContainerDevices;
import dev.longshore.kubelet.measures.NodeMeasures;
import dev.longshore.kubelet.node.Observation;
import dev.longshore.kubelet.node.Pressures;
import dev.longshore.kubelet.node.ShutdownState;
import dev.longshore.kubelet.probes.Actions;
import dev.longshore.kubelet.volumes.PodVolumes;
import dev.longshore.linux.Cgroups;
import dev.longshore.runtime.NodeRuntime;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All workers of the node: gives each pod one, hands them what the cluster and the runtime say, and clears
/// away what an earlier run left of pods that are no more.
public final class PodWorkers implements PodApi.Listener, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PodWorkers.class);
    private static final Path HOST_RESOLV_CONF = Path.of("/etc/resolv.conf");

    private final PodServices node;
    private final Adoption adoption;
    private final Optional<PodsMemory> memory;
    private final Placements placements;
    private final Map<String, PodWorker> workers = new ConcurrentHashMap<>();
    private AutoCloseable exits = () -> {};
    private AutoCloseable watch = () -> {};
    private volatile boolean synced;
    private final Map<Thread, Instant> dispatching = new ConcurrentHashMap<>();

    /// Over `runtime`; `allocatable` is asked whenever a pod is taken on.
    public PodWorkers(
            PodSettings settings,
            NodeRuntime runtime,
            PodApi api,
            ConfigApi config,
            EventRecorder events,
            PodVolumes volumes,
            Actions actions,
            Time time,
            Supplier<Map<String, Quantity>> allocatable) {
        this(
                settings,
                runtime,
                api,
                config,
                events,
                volumes,
                actions,
                time,
                allocatable,
                new Pressures(),
                ContainerDevices.NONE,
                new ShutdownState(),
                new NodeMeasures());
    }

    /// The same; while the node is short of something, as `pressures` tells, it takes no more pods on, nor while
    /// it goes down, as `shutdown` tells; those that it takes may have `devices`, and what it does is counted by
    /// `measures`.
    public PodWorkers(
            PodSettings settings,
            NodeRuntime runtime,
            PodApi api,
            ConfigApi config,
            EventRecorder events,
            PodVolumes volumes,
            Actions actions,
            Time time,
            Supplier<Map<String, Quantity>> allocatable,
            Pressures pressures,
            ContainerDevices devices,
            ShutdownState shutdown,
            NodeMeasures measures) {
        var files = new PodFiles(settings);
        this.placements = Placements.of(settings, devices, this::wakeAll);
        var admission = new NodeAdmission(allocatable, tree(settings), pressures);
        var sandboxes = new SandboxSpecs(settings, HOST_RESOLV_CONF, placements);
        this.node = new PodServices(
                settings,
                runtime,
                api,
                config,
                events,
                time,
                volumes,
                actions,
                new ImagePuller(settings, runtime.images(), config, events, time, measures),
                new ContainerSpecs(
                        settings,
                        new Environment(config, !settings.hollow()),
                        files,
                        sandboxes,
                        new VolumeMounts(volumes),
                        placements),
                sandboxes,
                files,
                admission,
                new PendingResizes(admission, this::wake),
                devices,
                placements,
                shutdown,
                allocatable,
                measures);
        this.adoption = new Adoption(node);
        this.memory = settings.resources().cgroups().map(tree -> new PodsMemory(Cgroups.detect(), tree.root()));
    }

    /// What is left of the memory that all pods may use together; empty where nothing bounds them.
    Optional<Observation> memoryLeft() {
        return memory.flatMap(PodsMemory::left);
    }

    private static Consumer<Collection<Pod>> tree(PodSettings settings) {
        return settings.resources()
                .cgroups()
                .<Consumer<Collection<Pod>>>map(
                        tree -> new CgroupTree(Cgroups.detect(), tree.root(), tree.enforced())::update)
                .orElse(pods -> {});
    }

    /// Looks at what an earlier run left, then begins to follow the cluster.
    public void start() {
        node.images().settle();
        node.admission().begin();
        if (node.settings().resources().cgroups().isPresent()) {
            node.events().node("Normal", "NodeAllocatableEnforced", "Updated Node Allocatable limit across pods");
        }
        adoption.look();
        node.volumes().onOutdated(this::wake);
        node.devices().onChange(this::wake);
        exits = node.runtime()
                .containers()
                .onExit(status -> wake(status.spec().labels().get(Labels.POD_UID)));
        watch = node.api().watch(this);
    }

    @Override
    public void changed(Pod pod) {
        // The first list and the first events tell of a pod at the same time; what was left of it is found only once.
        dispatching.put(Thread.currentThread(), node.time().now());
        try {
            workers.computeIfAbsent(pod.getMetadata().getUid(), uid -> begin(pod))
                    .update(pod);
        } finally {
            dispatching.remove(Thread.currentThread());
        }
    }

    private PodWorker begin(Pod pod) {
        var worker = new PodWorker(node, adoption.adopt(pod), gone -> workers.remove(gone.uid(), gone));
        worker.start();
        return worker;
    }

    @Override
    public void gone(Pod pod) {
        PodWorker worker = workers.get(pod.getMetadata().getUid());
        if (worker != null) {
            worker.gone(pod);
        }
    }

    @Override
    public void synced() {
        synced = true;
        placements.retain(workers.keySet());
        Thread.ofVirtual().name("kubelet-orphans").start(() -> {
            adoption.removeOrphans(workers.keySet());
            adoption.removeOrphanedVolumes(workers.keySet());
        });
    }

    /// Removes the log of a container that is gone.
    void removeLog(Path file) {
        node.files().removeLog(file);
    }

    /// Whether the pods of this node are known.
    public boolean isSynced() {
        return synced;
    }

    /// Since when a change has been on its way to a pod's worker, if one is.
    public Optional<Instant> dispatchingSince() {
        return dispatching.values().stream().min(Instant::compareTo);
    }

    /// Every pod that a worker looks after.
    public List<PodSnapshot> pods() {
        return workers.values().stream().map(PodWorker::snapshot).toList();
    }

    /// One of them.
    public Optional<PodSnapshot> pod(String namespace, String name) {
        return pods().stream()
                .filter(snapshot -> snapshot.pod().getMetadata().getNamespace().equals(namespace)
                        && snapshot.pod().getMetadata().getName().equals(name))
                .findFirst();
    }

    /// Where the log of one attempt of a container is.
    public Path logFile(PodSnapshot pod, String container, int attempt) {
        return node.sandboxSpecs().logDirectory(pod.pod()).resolve(container).resolve(attempt + ".log");
    }

    /// The volumes that stand for a pod.
    public PodVolumes volumes() {
        return node.volumes();
    }

    /// Where the pod's files are.
    Path podDirectory(PodSnapshot pod) {
        return node.settings().podDirectory(pod.pod().getMetadata().getUid());
    }

    /// What this kubelet counts of its own work.
    public NodeMeasures measures() {
        return node.measures();
    }

    /// Ends a pod, as failed.
    void end(String uid, EndOrder order) {
        PodWorker worker = workers.get(uid);
        if (worker == null) {
            order.over().complete(null);
        } else {
            worker.end(order);
        }
    }

    /// Ends `pod`, as failed, because the machine goes down, within `grace` or its own grace, if that is shorter. What
    /// is returned is completed when nothing of it runs any more.
    public CompletableFuture<Void> endForShutdown(Pod pod, Duration grace) {
        Long own = pod.getSpec().getTerminationGracePeriodSeconds();
        EndOrder order = EndOrder.shutdown(own != null && own <= grace.toSeconds() ? Duration.ofSeconds(own) : grace);
        end(pod.getMetadata().getUid(), order);
        return order.over();
    }

    /// The pods of which something runs, or may still.
    public List<Pod> active() {
        return pods().stream()
                .filter(snapshot -> !snapshot.isOver())
                .map(PodSnapshot::pod)
                .toList();
    }

    /// Ends every container of the node within `grace` and clears away what they leave; the cluster is not
    /// told. False if some are left.
    public boolean stopAll(Duration grace) throws InterruptedException {
        stopWatching();
        Collection<PodWorker> all = List.copyOf(workers.values());
        all.forEach(worker -> worker.shutDown(grace));
        Instant limit = node.time().now().plus(grace).plusSeconds(10);
        boolean done = true;
        for (PodWorker worker : all) {
            done &= worker.join(Duration.between(node.time().now(), limit));
        }
        return done;
    }

    /// Stops looking after pods; their containers go on.
    @Override
    public void close() {
        stopWatching();
        workers.values().forEach(PodWorker::close);
        try {
            for (PodWorker worker : workers.values()) {
                worker.join(Duration.ofSeconds(5));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void wakeAll() {
        workers.values().forEach(PodWorker::wake);
    }

    private void wake(String uid) {
        PodWorker worker = uid == null ? null : workers.get(uid);
        if (worker != null) {
            worker.wake();
        }
    }

    private void stopWatching() {
        for (AutoCloseable handle : List.of(watch, exits)) {
            try {
                handle.close();
            } catch (Exception failure) {
                log.warn("could not stop watching", failure);
            }
        }
    }
}
