package dev.longshore.scheduler;

import dev.longshore.base.Time;
import dev.longshore.client.Informers;
import dev.longshore.scheduler.devices.ClaimRelief;
import dev.longshore.scheduler.devices.DeviceBinder;
import dev.longshore.scheduler.devices.InformedDevices;
import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.PreBind;
import dev.longshore.scheduler.framework.PreparationException;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.volumes.InformedVolumes;
import dev.longshore.scheduler.volumes.VolumeBinder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives each pod without a node a node: one decision at a time, by the rules of [Profiles], while bindings of
/// earlier decisions are under way. Its own decisions count at once, before the informer shows them
/// ([ClusterCache]). For who fits nowhere less important pods may have to go ([Preemption]).
public final class Scheduler implements AutoCloseable {

    /// The name that pods ask for in `spec.schedulerName`.
    public static final String NAME = "default-scheduler";

    private static final Logger log = LoggerFactory.getLogger(Scheduler.class);
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(5);
    private static final int NOT_FOUND = 404;

    private final ClusterCache cache = new ClusterCache();
    private final Nominations nominations = new Nominations();
    private final PreBind needs;
    private final Cycle cycle;
    private final SchedulingQueue queue;
    private final Binder binder;
    private final SchedulingNews news;
    private final Evictor evictor;
    private final Binder.Answer answers = new Answers();
    private final Thread worker;

    /// A scheduler that writes through `client` and reads through `informers`, which must be started after
    /// this.
    public Scheduler(KubernetesClient client, Informers informers, Time time, RandomGenerator randomness) {
        var facts = new InformedVolumes(informers);
        var devices = new InformedDevices(informers);
        this.news = new SchedulingNews(client, informers, time);
        this.needs = new PreBinds(
                List.of(new VolumeBinder(client, facts, time), new DeviceBinder(client, devices, time, news::waiting)));
        this.cycle = new Cycle(
                Profiles.standard(facts, devices),
                new ClaimRelief(client, devices, time),
                nominations,
                new InformedPods(informers, time),
                randomness);
        this.queue = new SchedulingQueue(time);
        this.binder = new Binder(client);
        this.evictor = new Evictor(client, news, time);
        this.worker = Thread.ofVirtual().name("scheduler").unstarted(this::work);
        informers.of(Pod.class).addEventHandler(new PodChanges(cache, queue, nominations));
        informers.of(Node.class).addEventHandler(new NodeChanges(cache, queue));
        facts.onChange(isHelped -> queue.move(EnumSet.of(ClusterEvent.VOLUMES), isHelped));
        devices.onChange(isHelped -> queue.move(EnumSet.of(ClusterEvent.DEVICES), isHelped));
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
        binder.close();
        news.close();
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

    private void schedule(PodView pod) throws InterruptedException {
        long mark = queue.mark();
        try {
            Snapshot cluster = cache.snapshot();
            switch (cycle.decide(pod, cluster)) {
                case Cycle.Decision.Bind(String node) -> place(pod, node, cluster);
                case Cycle.Decision.Unschedulable unschedulable -> {
                    Optional<String> nominated = nominated(pod, unschedulable);
                    queue.setAside(pod, mark, unschedulable.helpedBy());
                    news.unschedulable(pod, unschedulable.message(), nominated);
                }
            }
        } catch (RuntimeException broken) {
            failed(pod, broken);
        }
    }

    /// Lets victims go, if there are any. What moves meanwhile counts as help, since the mark was taken before.
    ///
    /// @return the node that is being cleared for the pod
    private Optional<String> nominated(PodView pod, Cycle.Decision.Unschedulable unschedulable) {
        if (unschedulable.victims().isPresent()) {
            Victims victims = unschedulable.victims().get();
            evictor.evict(victims, pod);
            for (PodView behind : nominations.behind(pod, victims.node())) {
                // It may no longer fit there, and finds another place the sooner it knows.
                nominations.remove(behind.uid());
                news.cleared(behind);
            }
            nominations.put(pod, victims.node());
        } else if (unschedulable.isNominationOver()) {
            nominations.remove(pod.uid());
        }
        return nominations.node(pod.uid());
    }

    /// Binds at once, or when the pod's volumes and devices are there: for these others have to work, so nobody else
    /// waits.
    private void place(PodView pod, String node, Snapshot cluster) throws InterruptedException {
        if (!cache.assume(pod, node)) {
            return;
        }
        nominations.remove(pod.uid());
        Optional<PreBind.Preparation> preparation = cluster.nodes().stream()
                .filter(view -> view.name().equals(node))
                .findFirst()
                .flatMap(view -> needs.reserve(pod, view));
        if (preparation.isEmpty()) {
            binder.bind(pod, node, answers);
        } else if (!binder.bind(pod, node, preparation.get(), answers)) {
            preparation.get().giveBack();
            cache.forget(pod.uid());
            queue.retry(pod);
        }
    }

    private final class Answers implements Binder.Answer {

        @Override
        public void bound(PodView pod, String node) {
            queue.remove(pod.uid());
            news.scheduled(pod, node);
        }

        @Override
        public void failed(PodView pod, RuntimeException why) {
            Scheduler.this.failed(pod, why);
        }
    }

    private void failed(PodView pod, RuntimeException why) {
        queue.move(cache.forget(pod.uid()));
        switch (why) {
            case KubernetesClientException gone
            when gone.getCode() == NOT_FOUND -> {
                queue.remove(pod.uid());
                return;
            }
            case KubernetesClientException refused ->
                log.warn("pod {}: cannot be scheduled now: {}", pod.key(), refused.getMessage());
            case PreparationException unprepared -> news.failed(pod, unprepared.getMessage());
            default -> log.error("pod {}: scheduling failed, will be tried again", pod.key(), why);
        }
        queue.retry(pod);
    }
}
