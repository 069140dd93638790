package dev.longshore.autoscaler;

import dev.longshore.base.Time;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes groups of nodes larger when pods have no place, and smaller when nodes idle, as Kubernetes' cluster-autoscaler
/// does: every few seconds, and at once when the scheduler gives up on a pod.
public final class ClusterAutoscaler implements AutoCloseable {

    /// As events and the ServiceAccount name it.
    public static final String NAME = "cluster-autoscaler";

    private static final Logger log = LoggerFactory.getLogger(ClusterAutoscaler.class);
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(5);
    private static final Duration SYNC_LIMIT = Duration.ofSeconds(60);

    /// How soon a look follows one that expects more pods.
    private static final Duration SOON = Duration.ofSeconds(2);

    /// Between two looks at least, however many pods call for one.
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final KubernetesClient client;
    private final Informers informers;
    private final NodeProvider provider;
    private final AutoscalerOptions options;
    private final Time time;
    private final AutoscalerEvents events;
    private final NodeMarks marks;
    private final NodeRemover remover;
    private final StatusWriter status;
    private final ScalingLoop loop;
    private final Thread worker;
    private boolean isCalled;

    /// An autoscaler that writes through `client` and reads through `informers`, of which it may start some; neither
    /// is closed with it.
    public ClusterAutoscaler(
            KubernetesClient client,
            Informers informers,
            NodeProvider provider,
            AutoscalerOptions options,
            Time time,
            RandomGenerator randomness) {
        this.client = client;
        this.informers = informers;
        this.provider = provider;
        this.options = options;
        this.time = time;
        this.events = new AutoscalerEvents(new EventRecorder(client, NAME, "", time), options.repeatsEvents(), time);
        var cluster = new ClusterSource(informers, time);
        var deletions = new Deletions();
        this.marks = new NodeMarks(client, time, options.down().doesCordon());
        this.status = new StatusWriter(client, options);
        this.remover = new NodeRemover(
                marks,
                new PodEvictor(
                        client, cluster, events, deletions, options.down().drain(), time),
                cluster,
                events,
                deletions,
                options,
                time);
        var priorities = new Priorities(
                () -> priorities().map(ConfigMap::getData),
                (reason, message) -> priorities().ifPresent(map -> events.warning(map, reason, message)));
        this.loop = new ScalingLoop(
                new ScalingLoop.Parts(
                        provider,
                        cluster,
                        new GroupRegistry(options),
                        new ScaleUpPlanner(
                                options.up(),
                                new Expanders(options.up().expanders(), priorities, randomness),
                                provider.groupLabels()),
                        new ScaleDownPlanner(options.up(), options.down()),
                        remover,
                        deletions,
                        new SoftTaints(marks, options.down().softTaints()),
                        status,
                        events),
                options);
        this.worker = Thread.ofVirtual().name(NAME).unstarted(this::work);
        informers.onChange(Pod.class, pod -> {
            if (PodTraits.isUnschedulable(pod)) {
                call();
            }
        });
    }

    /// Starts working, once the informers have synced.
    public void start() {
        worker.start();
    }

    /// Stops; removals that go on are given up, and their marks are cleared by the next start. The status
    /// is removed, as the original does.
    @Override
    public void close() {
        worker.interrupt();
        try {
            worker.join(JOIN_LIMIT);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        remover.close();
        status.remove();
        events.close();
    }

    private Optional<ConfigMap> priorities() {
        return Optional.ofNullable(client.configMaps()
                .inNamespace(options.namespace())
                .withName(Priorities.CONFIG_MAP)
                .get());
    }

    private void work() {
        try {
            if (!informers.awaitSync(SYNC_LIMIT)) {
                log.error("the informers did not sync within {}: the cluster is not scaled", SYNC_LIMIT);
                return;
            }
            status.write(StatusDocument.initializing(time.now()), time.now()).ifPresent(events::about);
            cleanUp();
            while (!Thread.currentThread().isInterrupted()) {
                await(look());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /// Takes back the marks of an autoscaler before this one, which was stopped while it removed nodes.
    private void cleanUp() throws InterruptedException {
        try {
            for (NodeGroup group : provider.groups()) {
                for (Instance instance : group.instances()) {
                    Optional<Node> node = informers.find(Node.class, instance.name());
                    if (node.isPresent()) {
                        cleanUp(node.get());
                    }
                }
            }
        } catch (ProviderException silent) {
            log.warn("marks of an earlier autoscaler may be left: {}", silent.getMessage());
        }
    }

    private void cleanUp(Node node) throws InterruptedException {
        String name = NodeTraits.name(node);
        for (String taint : new String[] {NodeTraits.TO_BE_DELETED, NodeTraits.CANDIDATE}) {
            if (NodeTraits.taint(node, taint).isEmpty()) {
                continue;
            }
            try {
                boolean isDone =
                        taint.equals(NodeTraits.CANDIDATE) ? marks.noCandidate(name) : marks.notToBeDeleted(name);
                if (isDone) {
                    events.normal(
                            node, "ClusterAutoscalerCleanup", "removed %s taints from node %s".formatted(taint, name));
                }
            } catch (KubernetesClientException refused) {
                events.warning(
                        node,
                        "ClusterAutoscalerCleanup",
                        "failed to clean %s on node %s: %s".formatted(taint, name, refused.getMessage()));
            }
        }
    }

    /// How long to wait for the next look.
    private Duration look() throws InterruptedException {
        synchronized (this) {
            isCalled = false;
        }
        Duration usual = options.scanInterval();
        try {
            return switch (loop.look()) {
                case DONE -> usual;
                case EXPECTING -> usual.compareTo(SOON) < 0 ? usual : SOON;
            };
        } catch (KubernetesClientException | ProviderException refused) {
            log.warn("cannot scale now, will try again: {}", refused.getMessage());
        } catch (RuntimeException broken) {
            log.error("a look at the cluster failed, will try again", broken);
        }
        return usual;
    }

    private void await(Duration delay) throws InterruptedException {
        time.sleep(delay.compareTo(PAUSE) < 0 ? delay : PAUSE);
        Time.Timer timer = time.schedule(delay, this::call);
        try {
            synchronized (this) {
                while (!isCalled) {
                    wait();
                }
            }
        } finally {
            timer.cancel();
        }
    }

    private synchronized void call() {
        isCalled = true;
        notifyAll();
    }
}
