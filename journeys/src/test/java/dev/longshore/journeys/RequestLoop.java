package dev.longshore.journeys;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Asks a URL at a steady rate, each time over a connection of its own, and keeps what failed.
final class RequestLoop implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int THREADS = 16;

    private final URI target;
    private final ScheduledExecutorService workers = Executors.newScheduledThreadPool(THREADS);
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger successes = new AtomicInteger();

    private RequestLoop(URI target) {
        this.target = target;
    }

    /// Starts asking `target` `perSecond` times a second.
    static RequestLoop against(String target, int perSecond) {
        var loop = new RequestLoop(URI.create(target));
        long period = TimeUnit.SECONDS.toMicros(1) * THREADS / perSecond;
        for (int i = 0; i < THREADS; i++) {
            loop.workers.scheduleAtFixedRate(loop::ask, i * period / THREADS, period, TimeUnit.MICROSECONDS);
        }
        return loop;
    }

    /// What failed, in words.
    List<String> failures() {
        return List.copyOf(failures);
    }

    /// How many requests were answered with 200.
    int successes() {
        return successes.get();
    }

    @Override
    public void close() {
        workers.shutdown();
        try {
            if (!workers.awaitTermination(LIMIT.toSeconds() * 2, TimeUnit.SECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private void ask() {
        try (var client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(LIMIT)
                .build()) {
            var answer =
                    client.send(HttpRequest.newBuilder(target).timeout(LIMIT).build(), BodyHandlers.ofString());
            if (answer.statusCode() == 200) {
                successes.incrementAndGet();
            } else {
                failures.add("status " + answer.statusCode());
            }
        } catch (IOException failure) {
            failures.add(java.time.LocalTime.now() + " " + failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
