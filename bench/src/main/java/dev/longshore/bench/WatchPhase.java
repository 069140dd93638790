package dev.longshore.bench;

import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A thousand watchers, each of one node's pods, and ten that see everything, while pods change their status at
/// a fixed rate. The delay is that from the moment before a write is sent to the moment when the watcher has
/// read the event: the write itself is in it.
final class WatchPhase {

    private static final int NODE_WATCHERS = BenchPods.NODES;
    private static final int ALL_WATCHERS = 10;
    private static final int RATE = 500;
    private static final int WRITERS = 16;
    private static final int HANDSHAKES = 5;
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final String ALL = "/api/v1/pods?watch=true&resourceVersion=";
    private static final Headers JSON = Headers.of("Accept", "application/json");

    private final ServerProcess server;
    private final Time time;
    private final long phaseNanos;
    private final Latencies toNodes = new Latencies();
    private final Latencies toAll = new Latencies();
    private final Latencies writes = new Latencies();
    private final List<HttpDialer.Answer> open = new ArrayList<>();
    private final List<HttpDialer> dialers = new ArrayList<>();
    /// A thousand handshakes at once would be a benchmark of their own.
    private final Semaphore handshakes = new Semaphore(4);

    private volatile boolean counts;

    WatchPhase(ServerProcess server, Time time, long phaseNanos) {
        this.server = server;
        this.time = time;
        this.phaseNanos = phaseNanos;
    }

    void run() throws IOException, InterruptedException {
        String revision = revision();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        var connected = new CountDownLatch(NODE_WATCHERS + ALL_WATCHERS);
        for (int i = 0; i < NODE_WATCHERS; i++) {
            String selector = "&fieldSelector=spec.nodeName%3D" + BenchPods.node(i);
            threads.execute(() -> watch(ALL + revision + selector, toNodes, connected));
        }
        for (int i = 0; i < ALL_WATCHERS; i++) {
            threads.execute(() -> watch(ALL + revision, toAll, connected));
        }
        if (!connected.await(2, TimeUnit.MINUTES)) {
            throw new IOException(connected.getCount() + " watchers could not connect");
        }
        write(phaseNanos / 2);
        counts = true;
        toNodes.clear();
        toAll.clear();
        writes.clear();
        long begun = time.nanoTime();
        write(phaseNanos);
        double seconds = (time.nanoTime() - begun) / 1e9;
        // What is on its way may arrive.
        time.sleep(Duration.ofSeconds(1));
        ApiServerBenchmark.print(writes.line("patch status at 500/s, 1,010 watchers", seconds));
        ApiServerBenchmark.print(toNodes.line("event to the watcher of the node, of 1,000", seconds));
        ApiServerBenchmark.print(toAll.line("event to ten watchers of everything", seconds));
        close();
        threads.shutdownNow();
    }

    private String revision() throws IOException {
        try (HttpDialer client = server.dial();
                var answer = client.exchange(HttpDialer.Call.of("GET", "/api/v1/pods?limit=1", JSON), LONG)) {
            String text = answer.text();
            int at = text.indexOf("\"resourceVersion\":\"") + 19;
            return text.substring(at, text.indexOf('"', at));
        }
    }

    private void watch(String target, Latencies latencies, CountDownLatch connected) {
        HttpDialer client = server.dial();
        try {
            HttpDialer.Answer answer = begin(client, target);
            synchronized (this) {
                dialers.add(client);
                open.add(answer);
            }
            connected.countDown();
            if (answer.status() != 200) {
                throw new IOException("a watch answered " + answer.status());
            }
            read(new BufferedInputStream(answer.body(), 32 << 10), latencies);
        } catch (IOException over) {
            if (connected.getCount() > 0) {
                System.err.println(over);
            }
        }
    }

    /// On a busy machine a handshake may take too long: that is not what is measured.
    private HttpDialer.Answer begin(HttpDialer client, String target) throws IOException {
        IOException last = new IOException("not tried");
        for (int attempt = 0; attempt < HANDSHAKES; attempt++) {
            handshakes.acquireUninterruptibly();
            try {
                return client.exchange(HttpDialer.Call.of("GET", target, JSON), LONG);
            } catch (IOException refused) {
                last = refused;
            } finally {
                handshakes.release();
            }
        }
        throw last;
    }

    /// The mark in an event is when its write was sent: `"message":"@12345@"`.
    private void read(InputStream in, Latencies latencies) throws IOException {
        long mark = -1;
        for (int each = in.read(); each >= 0; each = in.read()) {
            if (each == '@') {
                boolean isEnd = mark > 0;
                if (isEnd && counts) {
                    latencies.add(time.nanoTime() - mark);
                }
                mark = isEnd ? -1 : 0;
            } else if (mark >= 0 && each >= '0' && each <= '9') {
                mark = mark * 10 + each - '0';
            } else {
                mark = -1;
            }
        }
    }

    private void write(long nanos) throws InterruptedException {
        long begun = time.nanoTime();
        var next = new AtomicInteger();
        long gap = 1_000_000_000L / RATE;
        try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < WRITERS; i++) {
                writers.execute(() -> {
                    try (BenchClient client = server.client()) {
                        write(client, begun, nanos, gap, next);
                    } catch (IOException | InterruptedException failed) {
                        System.err.println(failed);
                    }
                });
            }
        }
    }

    private void write(BenchClient client, long begun, long nanos, long gap, AtomicInteger next)
            throws IOException, InterruptedException {
        while (true) {
            int number = next.getAndIncrement();
            long due = begun + number * gap;
            if (due - begun >= nanos) {
                return;
            }
            long wait = due - time.nanoTime();
            if (wait > 0) {
                time.sleep(Duration.ofNanos(wait));
            }
            String target = "/api/v1/namespaces/bench/pods/" + BenchPods.name(number * 7 % 10_000) + "/status";
            long sent = time.nanoTime();
            byte[] status = BenchPods.status(Long.toString(sent));
            client.ask("PATCH", target, ApiServerBenchmark.PATCH, status, 200);
            writes.add(time.nanoTime() - sent);
        }
    }

    private synchronized void close() throws IOException {
        for (HttpDialer.Answer answer : open) {
            answer.close();
        }
        dialers.forEach(HttpDialer::close);
    }
}
