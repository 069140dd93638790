package dev.longshore.scheduler;

import dev.longshore.base.Time;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.PreBind;
import dev.longshore.scheduler.framework.PreparationException;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.volumes.InformedVolumes;
import dev.longshore.scheduler.volumes.VolumeBinder;
import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives each pod without a node a node: one at a time, by the rules of [Profiles]. Its own decisions count at
/// once ("assumed"), before the informer shows them.
public final class Scheduler implements AutoCloseable {

    /// The name that pods ask for in `spec.schedulerName`.
    public static final String NAME = "default-scheduler";

    private static final Logger log = LoggerFactory.getLogger(Scheduler.class);
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(5);
    private static final int NOT_FOUND = 404;
    private static final int MOST_PREPARING = 1_000;

    private final KubernetesClient client;
    private final Informers informers;
    private final Time time;
    private final EventRecorder events;
    private final Cycle cycle;
    private final SchedulingQueue queue;
    private final Map<String, Assumed> assumed = new ConcurrentHashMap<>();
    private final PreBind volumes;
    private final Semaphore preparing = new Semaphore(MOST_PREPARING);
    private final ExecutorService preparers;
    private final Thread worker;

    private record Assumed(PodView pod, String node) {}

    /// A scheduler that writes through `client` and reads through `informers`, which must be started after
    /// this.
    public Scheduler(KubernetesClient client, Informers informers, Time time, RandomGenerator randomness) {
        this.client = client;
        this.informers = informers;
        this.time = time;
        this.events = new EventRecorder(client, NAME, "", time);
        var facts = new InformedVolumes(informers);
        this.volumes = new VolumeBinder(client, facts, time);
        this.cycle = new Cycle(Profiles.standard(facts), randomness);
        this.queue = new SchedulingQueue(time);
        this.preparers = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("scheduler-volumes-", 0).factory());
        this.worker = Thread.ofVirtual().name("scheduler").unstarted(this::work);
        informers.of(Pod.class).addEventHandler(new PodEvents());
        informers.onChange(Node.class, node -> queue.moveAll());
        facts.onChange(queue::move);
    }

    /// Starts working; the informers have synced.
    public void start() {
        worker.start();
    }

    @Override
    public void close() {
        queue.close();
        try {
            if (!worker.join(JOIN_LIMIT)) {
                worker.interrupt();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        preparers.shutdownNow();
        events.close();
    }

    private void work() {
        try {
            for (Optional<PodView> pod = queue.take(); pod.isPresent(); pod = queue.take()) {
                schedule(pod.get());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void schedule(PodView pod) {
        if (assumed.containsKey(pod.uid())) {
            return;
        }
        long mark = queue.mark();
        attempt(pod, () -> {
            Snapshot cluster = snapshot();
            switch (cycle.decide(pod, cluster)) {
                case Cycle.Decision.Bind(String node) -> place(pod, node, cluster);
                case Cycle.Decision.Unschedulable(String message) -> {
                    queue.setAside(pod, mark);
                    tell(pod, "Unschedulable", message);
                }
            }
        });
    }

    private void attempt(PodView pod, Runnable step) {
        try {
            step.run();
        } catch (KubernetesClientException refused) {
            if (refused.getCode() == NOT_FOUND) {
                queue.remove(pod.uid());
            } else {
                log.warn("pod {}: cannot be scheduled now: {}", pod.key(), refused.getMessage());
                queue.retry(pod);
            }
        } catch (RuntimeException broken) {
            log.error("pod {}: scheduling failed, will be tried again", pod.key(), broken);
            queue.retry(pod);
        }
    }

    /// Binds at once, or when the pod's volumes are there: for these others have to work, so nobody else waits.
    private void place(PodView pod, String node, Snapshot cluster) {
        Optional<PreBind.Preparation> preparation = cluster.nodes().stream()
                .filter(view -> !pod.volumes().isEmpty() && view.name().equals(node))
                .findFirst()
                .flatMap(view -> volumes.reserve(pod, view));
        if (preparation.isEmpty()) {
            bind(pod, node);
        } else if (preparing.tryAcquire()) {
            assumed.put(pod.uid(), new Assumed(pod, node));
            preparers.execute(() -> attempt(pod, () -> prepare(pod, node, preparation.get())));
        } else {
            preparation.get().giveBack();
            queue.retry(pod);
        }
    }

    private void prepare(PodView pod, String node, PreBind.Preparation preparation) {
        try {
            preparation.carryOut();
            bind(pod, node);
        } catch (PreparationException failed) {
            assumed.remove(pod.uid());
            queue.retry(pod);
            tell(
                    pod,
                    "SchedulerError",
                    "running PreBind plugin \"%s\": %s".formatted(volumes.name(), failed.getMessage()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            preparing.release();
        }
    }

    private void bind(PodView pod, String node) {
        assumed.put(pod.uid(), new Assumed(pod, node));
        try {
            client.raw(
                    "/api/v1/namespaces/%s/pods/%s/binding".formatted(pod.namespace(), pod.name()),
                    "POST",
                    new BindingBuilder()
                            .withNewMetadata()
                            .withNamespace(pod.namespace())
                            .withName(pod.name())
                            .withUid(pod.uid())
                            .endMetadata()
                            .withNewTarget()
                            .withApiVersion("v1")
                            .withKind("Node")
                            .withName(node)
                            .endTarget()
                            .build());
        } catch (RuntimeException failed) {
            assumed.remove(pod.uid());
            throw failed;
        }
        queue.remove(pod.uid());
        informers
                .find(Pod.class, pod.key())
                .ifPresent(object -> events.event(
                        object,
                        EventRecorder.Type.NORMAL,
                        "Scheduled",
                        "Successfully assigned %s to %s".formatted(pod.key(), node)));
    }

    private void tell(PodView pod, String reason, String message) {
        Optional<Pod> found = informers.find(Pod.class, pod.key());
        if (found.isEmpty()) {
            return;
        }
        Pod object = found.get();
        events.event(object, EventRecorder.Type.WARNING, "FailedScheduling", message);
        var conditions = new ArrayList<>(object.getStatus().getConditions());
        boolean isTold = conditions.stream()
                .anyMatch(condition ->
                        condition.getType().equals("PodScheduled") && message.equals(condition.getMessage()));
        if (isTold) {
            return;
        }
        conditions.removeIf(condition -> condition.getType().equals("PodScheduled"));
        conditions.add(new PodConditionBuilder()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(
                        Instant.ofEpochSecond(time.now().getEpochSecond()).toString())
                .build());
        client.resource(new PodBuilder(object)
                        .editStatus()
                        .withConditions(conditions)
                        .endStatus()
                        .build())
                .updateStatus();
    }

    private Snapshot snapshot() {
        Map<String, PodView> pods = informers.all(Pod.class).stream()
                .filter(pod -> !isOver(pod))
                .map(PodView::of)
                .filter(pod -> pod.nodeName().isPresent())
                .collect(Collectors.toMap(PodView::uid, pod -> pod, (one, same) -> one));
        Map<String, List<PodView>> byNode = pods.values().stream()
                .collect(Collectors.groupingBy(
                        pod -> pod.nodeName().orElseThrow(), Collectors.toCollection(ArrayList::new)));
        Collection<Assumed> decided = assumed.values();
        decided.stream()
                .filter(entry -> !pods.containsKey(entry.pod.uid()))
                .forEach(entry -> byNode.computeIfAbsent(entry.node, absent -> new ArrayList<>())
                        .add(entry.pod));
        return new Snapshot(informers.all(Node.class).stream()
                .map(node ->
                        NodeView.of(node, byNode.getOrDefault(node.getMetadata().getName(), List.of())))
                .toList());
    }

    private static boolean isOver(Pod pod) {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return "Succeeded".equals(phase) || "Failed".equals(phase);
    }

    private final class PodEvents implements ResourceEventHandler<Pod> {

        @Override
        public void onAdd(Pod pod) {
            heard(pod, true);
        }

        @Override
        public void onUpdate(Pod old, Pod pod) {
            boolean isOtherSpec = !old.getSpec().equals(pod.getSpec())
                    || !java.util.Objects.equals(
                            old.getMetadata().getLabels(), pod.getMetadata().getLabels())
                    || old.getMetadata().getDeletionTimestamp() == null
                            && pod.getMetadata().getDeletionTimestamp() != null;
            heard(pod, isOtherSpec);
            if (isOver(pod) && !isOver(old)) {
                queue.moveAll();
            }
        }

        @Override
        public void onDelete(Pod pod, boolean isStateUnknown) {
            assumed.remove(pod.getMetadata().getUid());
            queue.remove(pod.getMetadata().getUid());
            queue.moveAll();
        }

        private void heard(Pod pod, boolean isChanged) {
            PodView view = PodView.of(pod);
            if (view.nodeName().isPresent()) {
                assumed.remove(view.uid());
                queue.remove(view.uid());
            } else if (view.isEnding() || isOver(pod)) {
                queue.remove(view.uid());
            } else if (isChanged && NAME.equals(pod.getSpec().getSchedulerName())) {
                queue.add(view);
            }
        }
    }
}
