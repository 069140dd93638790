package dev.longshore.kubelet.pods;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.kubelet.manifests.StaticPods;
import dev.longshore.runtime.ContainerStats;
import dev.longshore.runtime.Containers;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RuntimeFaultException;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Relieves a node that runs short, before the kernel does it blindly. Disk: images that nobody uses go first,
/// but only those that a registry can give again. Then, for disk and memory alike, one pod in each round: of
/// those that use more than they have requested the least important, and of those the one that is furthest
/// over.
public final class Eviction implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Eviction.class);
    private static final Duration ROUND = Duration.ofSeconds(10);
    /// From this priority on pods are the system's own.
    private static final int CRITICAL = 2_000_000_000;
    private static final long KIBI = 1024;

    private final PodWorkers pods;
    private final NodeRuntime runtime;
    private final BooleanSupplier isMemoryShort;
    private final BooleanSupplier isDiskShort;
    private final Time time;
    private final Thread thread;

    /// Looks after the pods of `pods`.
    public Eviction(
            PodWorkers pods,
            NodeRuntime runtime,
            BooleanSupplier isMemoryShort,
            BooleanSupplier isDiskShort,
            Time time) {
        this.pods = requireNonNull(pods, "pods");
        this.runtime = requireNonNull(runtime, "runtime");
        this.isMemoryShort = requireNonNull(isMemoryShort, "isMemoryShort");
        this.isDiskShort = requireNonNull(isDiskShort, "isDiskShort");
        this.time = requireNonNull(time, "time");
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
                relieve();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /// One round.
    void relieve() {
        if (isMemoryShort.getAsBoolean()) {
            evictOne("memory");
        }
        if (isDiskShort.getAsBoolean()) {
            removeUnusedImages();
            if (isDiskShort.getAsBoolean()) {
                evictOne("ephemeral-storage");
            }
        }
    }

    private void removeUnusedImages() {
        Set<String> used = new HashSet<>();
        pods.pods()
                .forEach(pod -> Declared.of(pod.pod())
                        .forEach(declared -> used.add(declared.container().getImage())));
        for (Images.ImageStatus image : runtime.images().list()) {
            boolean isUsed = used.contains(image.id().toString())
                    || image.repoTags().stream().anyMatch(used::contains)
                    || image.repoDigests().stream().anyMatch(used::contains);
            if (isUsed || image.repoDigests().isEmpty()) {
                continue;
            }
            try {
                runtime.images().remove(image.id().toString());
                log.info("removed unused image {} to make room", image.id());
            } catch (RuntimeFaultException inUse) {
                log.debug("image {} stays", image.id(), inUse);
            }
        }
    }

    private void evictOne(String resource) {
        pods.pods().stream()
                .filter(Eviction::isRunning)
                .filter(pod -> priority(pod.pod()) < CRITICAL && !StaticPods.isStatic(pod.pod()))
                .map(pod -> new Candidate(pod, excess(pod)))
                .min(Comparator.comparing((Candidate candidate) -> candidate.excess <= 0)
                        .thenComparing(candidate -> priority(candidate.pod.pod()))
                        .thenComparing(Comparator.comparingLong((Candidate candidate) -> candidate.excess)
                                .reversed()))
                .ifPresent(candidate -> {
                    String message = "The node was low on resource: %s. %s".formatted(resource, uses(candidate.pod));
                    log.warn("evicting pod {}: {}", Names.of(candidate.pod.pod()), message);
                    pods.evict(candidate.pod.pod().getMetadata().getUid(), message.strip());
                });
    }

    private static boolean isRunning(PodSnapshot pod) {
        return pod.pod().getMetadata().getDeletionTimestamp() == null
                && pod.containers().values().stream().anyMatch(PodSnapshot.ContainerView::isRunning);
    }

    private long excess(PodSnapshot pod) {
        long requested = pod.pod().getSpec().getContainers().stream()
                .mapToLong(Eviction::requested)
                .sum();
        return pod.containers().values().stream()
                        .mapToLong(view -> working(view.id()))
                        .sum()
                - requested;
    }

    private String uses(PodSnapshot pod) {
        var words = new StringBuilder();
        for (Container container : pod.pod().getSpec().getContainers()) {
            long used = Optional.ofNullable(pod.containers().get(container.getName()))
                    .map(view -> working(view.id()))
                    .orElse(0L);
            long requested = requested(container);
            if (used > requested) {
                words.append("Container %s was using %dKi, request is %s, has larger consumption of memory. "
                        .formatted(container.getName(), used / KIBI, requested == 0 ? "0" : requested / KIBI + "Ki"));
            }
        }
        return words.toString();
    }

    private long working(String containerId) {
        Containers containers = runtime.containers();
        return containerId.isEmpty()
                ? 0
                : containers
                        .stats(containerId)
                        .map(ContainerStats::workingSetBytes)
                        .orElse(0L);
    }

    private static long requested(Container container) {
        return container.getResources() == null
                ? 0
                : Qos.bytes(container.getResources().getRequests(), "memory").orElse(0);
    }

    private static int priority(Pod pod) {
        return pod.getSpec().getPriority() == null ? 0 : pod.getSpec().getPriority();
    }

    private record Candidate(PodSnapshot pod, long excess) {}
}
