package dev.longshore.metrics.resource;

import dev.longshore.base.Time;
import dev.longshore.metrics.cluster.ClusterView;
import dev.longshore.metrics.exposition.MalformedExpositionException;
import io.fabric8.kubernetes.api.model.Node;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks every Ready node for its usage, round after round. A few are asked at a time, and each has a limited time to
/// answer, so that neither many nodes nor hanging ones hold up the rest.
final class Scraper implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Scraper.class);

    private static final int MOST_AT_ONCE = 32;
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(5);

    private final ClusterView cluster;
    private final NodeSource source;
    private final UsageBook book;
    private final Duration resolution;
    private final Time time;
    private final Semaphore seats = new Semaphore(MOST_AT_ONCE);
    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private Thread loop;

    /// Writes into `book`; a round begins every `resolution`.
    Scraper(ClusterView cluster, NodeSource source, UsageBook book, Duration resolution, Time time) {
        this.cluster = cluster;
        this.source = source;
        this.book = book;
        this.resolution = resolution;
        this.time = time;
    }

    void start() {
        loop = Thread.ofVirtual().name("metrics-scraper").start(this::rounds);
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

    /// Asks all nodes once; returns when all have answered or had their time.
    void round() throws InterruptedException {
        List<Node> nodes = cluster.nodes().stream().filter(Scraper::isReady).toList();
        Set<String> names = cluster.nodes().stream()
                .map(node -> node.getMetadata().getName())
                .collect(Collectors.toSet());
        book.retain(names);
        source.retain(names);
        failing.retainAll(names);
        var asking = new ArrayList<Thread>();
        try {
            for (Node node : nodes) {
                seats.acquire();
                asking.add(Thread.ofVirtual()
                        .name("metrics-of-" + node.getMetadata().getName())
                        .start(() -> ask(node)));
            }
            for (Thread thread : asking) {
                thread.join();
            }
        } catch (InterruptedException closed) {
            asking.forEach(Thread::interrupt);
            throw closed;
        }
    }

    private void ask(Node node) {
        String name = node.getMetadata().getName();
        try {
            book.heard(name, Reading.parse(source.resourceMetrics(node), time.now()));
            failing.remove(name);
        } catch (IOException | MalformedExpositionException | RuntimeException unheard) {
            book.unheard(name);
            // Once is enough for the log until it is well again.
            if (failing.add(name)) {
                log.warn("node {} does not tell what it uses: {}", name, unheard.toString());
            }
        } finally {
            seats.release();
        }
    }

    private static boolean isReady(Node node) {
        return node.getStatus() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"));
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
        source.close();
    }
}
