package dev.longshore.metrics.custom;

import dev.longshore.base.Time;
import dev.longshore.metrics.cluster.ClusterView;
import dev.longshore.metrics.exposition.MalformedExpositionException;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the pods of those namespaces whose metrics somebody has asked for lately, round after round; of others
/// nothing. A few pods are asked at a time.
final class PodScraper implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PodScraper.class);

    private static final Duration LATELY = Duration.ofMinutes(10);
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(5);
    private static final int MOST_AT_ONCE = 32;

    private final ClusterView cluster;
    private final PodSource source;
    private final PodBook book;
    private final Duration resolution;
    private final Time time;
    private final Map<String, Long> asked = new ConcurrentHashMap<>();
    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private final Semaphore seats = new Semaphore(MOST_AT_ONCE);
    private Thread loop;

    PodScraper(ClusterView cluster, PodSource source, PodBook book, Duration resolution, Time time) {
        this.cluster = cluster;
        this.source = source;
        this.book = book;
        this.resolution = resolution;
        this.time = time;
    }

    void start() {
        loop = Thread.ofVirtual().name("pod-metrics-scraper").start(this::rounds);
    }

    /// Somebody asks for the metrics of `namespace`: who does so first waits for its pods to be read.
    void wanted(String namespace) {
        List<Pod> pods = telling(namespace);
        boolean isKnown = asked.containsKey(namespace);
        if (pods.isEmpty()) {
            return;
        }
        asked.put(namespace, time.nanoTime());
        if (!isKnown) {
            try {
                read(pods);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// The running pods of `namespace` that tell something.
    List<Pod> telling(String namespace) {
        return cluster.pods(namespace).stream()
                .filter(pod -> pod.getStatus() != null
                        && "Running".equals(pod.getStatus().getPhase())
                        && pod.getMetadata().getDeletionTimestamp() == null)
                .filter(source::hasMetrics)
                .toList();
    }

    /// The namespaces that are read.
    Set<String> namespaces() {
        return Set.copyOf(asked.keySet());
    }

    private void rounds() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                long begun = time.nanoTime();
                round();
                time.sleep(resolution.minusNanos(time.nanoTime() - begun));
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /// Reads all pods that are to be read once.
    void round() throws InterruptedException {
        asked.values().removeIf(at -> time.nanoTime() - at > LATELY.toNanos());
        List<Pod> pods = asked.keySet().stream()
                .flatMap(namespace -> telling(namespace).stream())
                .toList();
        Set<String> uids = pods.stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
        book.retain(uids);
        failing.retainAll(uids);
        read(pods);
    }

    private void read(List<Pod> pods) throws InterruptedException {
        var reading = new ArrayList<Thread>();
        try {
            for (Pod pod : pods) {
                seats.acquire();
                reading.add(Thread.ofVirtual()
                        .name("metrics-of-" + pod.getMetadata().getName())
                        .start(() -> read(pod)));
            }
            for (Thread thread : reading) {
                thread.join();
            }
        } catch (InterruptedException closed) {
            reading.forEach(Thread::interrupt);
            throw closed;
        }
    }

    private void read(Pod pod) {
        String uid = pod.getMetadata().getUid();
        try {
            if (!book.heard(uid, PodReading.parse(source.read(pod), time.now()))) {
                throw new IOException("there is no room for more series");
            }
            failing.remove(uid);
        } catch (IOException | MalformedExpositionException | RuntimeException unheard) {
            book.forget(uid);
            // Once is enough for the log until it is well again.
            if (failing.add(uid)) {
                log.warn(
                        "pod {}/{} does not tell its metrics: {}",
                        pod.getMetadata().getNamespace(),
                        pod.getMetadata().getName(),
                        unheard.toString());
            }
        } finally {
            seats.release();
        }
    }

    @Override
    public void close() {
        if (loop != null) {
            loop.interrupt();
            try {
                loop.join(JOIN_LIMIT);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
