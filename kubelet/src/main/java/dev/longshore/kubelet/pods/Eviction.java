package dev.longshore.kubelet.pods;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.EventRecorder;
import dev.longshore.kubelet.configuration.EvictionThreshold;
import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.kubelet.node.NodeDisks;
import dev.longshore.kubelet.node.Observation;
import dev.longshore.kubelet.node.Pressures;
import dev.longshore.runtime.NodeRuntime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Relieves a node that runs short, before the kernel does it blindly, as the kubelet of 1.36 does: pods over a limit
/// of their own storage go first; then, for the first threshold that is crossed for long enough, containers of pods
/// that have ended and images that nobody uses where it is about disk, and one pod in each round. Which conditions hold
/// is told to [Pressures].
public final class Eviction implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Eviction.class);
    private static final Duration ROUND = Duration.ofSeconds(10);
    private static final Duration AT_ONCE = Duration.ZERO;

    private final PodWorkers pods;
    private final Supplier<Map<String, Observation>> left;
    private final NodeDisks disks;
    private final Pressures pressures;
    private final EventRecorder events;
    private final Time time;
    private final PressureWatch watch;
    private final UsedResources used;
    private final ImageCleaning images;
    private final DeadContainers dead;
    private final Duration longestGrace;
    private final boolean isolatesStorage;
    private final Thread thread;

    /// Looks after the pods of `pods`; `left` measures the machine, whose images are on `disks`.
    public Eviction(
            KubeletConfiguration configuration,
            PodWorkers pods,
            NodeRuntime runtime,
            Supplier<Map<String, Observation>> left,
            NodeDisks disks,
            Pressures pressures,
            EventRecorder events,
            Time time) {
        this.pods = requireNonNull(pods, "pods");
        this.left = requireNonNull(left, "left");
        this.disks = requireNonNull(disks, "disks");
        this.pressures = requireNonNull(pressures, "pressures");
        this.events = requireNonNull(events, "events");
        this.time = requireNonNull(time, "time");
        this.watch = new PressureWatch(
                configuration.thresholds(), configuration.duration("evictionPressureTransitionPeriod"));
        this.used = new UsedResources(pods, runtime.containers());
        this.images = new ImageCleaning(configuration, pods, runtime.images(), events, time);
        this.dead = new DeadContainers(pods, runtime.containers(), time);
        this.longestGrace = Duration.ofSeconds(configuration.count("evictionMaxPodGracePeriod"));
        this.isolatesStorage = configuration.flag("localStorageCapacityIsolation");
        this.thread = Thread.ofVirtual().name("kubelet-eviction").unstarted(this::run);
    }

    /// Starts looking every ten seconds.
    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                time.sleep(ROUND);
                try {
                    relieve();
                } catch (RuntimeException failure) {
                    log.warn("the node could not be relieved; it is tried again", failure);
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /// One round.
    void relieve() {
        Map<String, Observation> seen = seen();
        List<EvictionThreshold> due = watch.look(seen, time.now());
        pressures.are(watch.conditions());
        dead.look();
        images.look(Optional.ofNullable(seen.get("imagefs.available")));
        if (isolatesStorage && evictThoseOverTheirStorage()) {
            return;
        }
        if (due.isEmpty()) {
            return;
        }
        EvictionThreshold threshold = due.getFirst();
        String resource = PressureWatch.resource(threshold.signal());
        log.warn("the node is short of {}: {} is below its threshold", resource, threshold.signal());
        events.node("Warning", "EvictionThresholdMet", "Attempting to reclaim " + resource);
        boolean isDisk = PressureWatch.condition(threshold.signal()).equals("DiskPressure");
        if (isDisk) {
            if (disks.holdsPods(threshold.signal())) {
                dead.removeUnused();
            }
            if (disks.holdsImages(threshold.signal())) {
                images.removeUnused();
            }
            if (watch.isRelieved(seen())) {
                return;
            }
        }
        evictOne(threshold, seen.get(threshold.signal()), isDisk);
    }

    private Map<String, Observation> seen() {
        Map<String, Observation> seen = new HashMap<>(left.get());
        pods.memoryLeft().ifPresent(observation -> seen.put(EvictionThreshold.PODS_MEMORY, observation));
        return seen;
    }

    private boolean evictThoseOverTheirStorage() {
        boolean any = false;
        for (PodSnapshot pod : used.running()) {
            if (CriticalPods.isCritical(pod.pod()) || !UsedResources.limitsStorage(pod.pod())) {
                continue;
            }
            String message = used.of(pod, true).overLimit();
            if (!message.isEmpty()) {
                evict(pod, EndOrder.overLimit(message), limit(message));
                any = true;
            }
        }
        return any;
    }

    private void evictOne(EvictionThreshold threshold, Observation seen, boolean isDisk) {
        List<PodSnapshot> running = used.running();
        // What pods write is not on a file system of images, so there it does not count against them.
        boolean isTheirs = isDisk && disks.holdsPods(threshold.signal());
        List<PodUse> uses = running.stream().map(pod -> used.of(pod, isTheirs)).toList();
        for (PodUse use : PodUse.ranked(uses, PressureWatch.resource(threshold.signal()))) {
            if (CriticalPods.isCritical(use.pod())) {
                continue;
            }
            PodSnapshot pod = running.get(uses.indexOf(use));
            PodUse whole = isTheirs == isDisk ? use : used.of(pod, isDisk);
            Duration grace = threshold.isHard() ? AT_ONCE : soft(use);
            evict(pod, EndOrder.eviction(EvictionMessage.of(threshold, seen, whole), grace), threshold.signal());
            return;
        }
        log.warn("no pod is left that could be evicted");
    }

    /// Which limit of the pod's own is exceeded, as metrics call it.
    private static String limit(String message) {
        return message.startsWith("Usage of EmptyDir")
                ? "emptydirfs.limit"
                : message.startsWith("Pod") ? "ephemeralpodfs.limit" : "ephemeralcontainerfs.limit";
    }

    private Duration soft(PodUse use) {
        Long own = use.pod().getSpec().getTerminationGracePeriodSeconds();
        return own != null && own < longestGrace.toSeconds() ? Duration.ofSeconds(own) : longestGrace;
    }

    private void evict(PodSnapshot pod, EndOrder order, String signal) {
        log.warn("evicting pod {}: {}", Names.of(pod.pod()), order.message());
        pods.measures().evicted(signal);
        pods.end(pod.pod().getMetadata().getUid(), order);
    }
}
