package dev.longshore.bench;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/// Pods of one small image in a namespace of their own, and when a watch sees them scheduled and running.
final class PodStarts implements AutoCloseable, Watcher<Pod> {

    private static final String NAMESPACE = "bench";
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration POLL = Duration.ofMillis(2);

    private final Time time = Time.system();
    private final Map<String, Long> scheduled = new ConcurrentHashMap<>();
    private final Map<String, Long> running = new ConcurrentHashMap<>();
    private final Map<String, Long> gone = new ConcurrentHashMap<>();
    private final KubernetesClient client;
    private final Watch watch;
    private int round;

    private PodStarts(KubernetesClient client) {
        this.client = client;
        this.watch = client.pods().inNamespace(NAMESPACE).watch(this);
    }

    /// In a running cluster.
    static PodStarts in(LongshoreCluster cluster) throws IOException, InterruptedException {
        var config = Config.fromKubeconfig(Files.readString(cluster.data().resolve("kubeconfig")));
        KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build();
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(NAMESPACE)
                        .endMetadata()
                        .build())
                .create();
        var starts = new PodStarts(client);
        starts.await(() -> client.serviceAccounts()
                        .inNamespace(NAMESPACE)
                        .withName("default")
                        .get()
                != null);
        return starts;
    }

    /// How long 100 pods took, say, and each of them.
    ///
    /// @param nanos from the first request to the last pod's Running
    record Crowd(Latencies each, long nanos) {
        String line(int count) {
            double seconds = nanos / 1e9;
            return "%-30s %s   all Running in %5.1f s, %5.0f a minute"
                    .formatted("pods, " + count + " at once", each.spread(), seconds, count * 60 / seconds);
        }
    }

    /// Starts and removes `count` pods, one after the other.
    Latencies oneByOne(int count) throws InterruptedException {
        var latencies = new Latencies();
        for (String name : PodStartBenchmark.names("one" + ++round, count)) {
            create(name);
            await(() -> running.containsKey(name));
            latencies.add(running.get(name) - scheduled.get(name));
            client.pods().inNamespace(NAMESPACE).withName(name).delete();
            await(() -> gone.containsKey(name));
        }
        return latencies;
    }

    /// Starts `count` pods; they stay.
    Crowd atOnce(int count) throws InterruptedException {
        Iterable<String> names = PodStartBenchmark.names("many" + ++round, count);
        running.clear();
        scheduled.clear();
        long begun = time.nanoTime();
        try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            names.forEach(name -> workers.execute(() -> create(name)));
        }
        await(() -> running.size() == count);
        var latencies = new Latencies();
        names.forEach(name -> latencies.add(running.get(name) - scheduled.get(name)));
        long last = running.values().stream().mapToLong(Long::longValue).max().orElseThrow();
        return new Crowd(latencies, last - begun);
    }

    /// Removes all pods and waits until they are gone.
    void clear() throws InterruptedException {
        client.pods().inNamespace(NAMESPACE).delete();
        await(() -> gone.keySet().containsAll(running.keySet()));
    }

    private void create(String name) {
        client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(NAMESPACE)
                        .endMetadata()
                        .withNewSpec()
                        .withTerminationGracePeriodSeconds(0L)
                        .addNewContainer()
                        .withName("main")
                        .withImage(BenchContexts.BASE)
                        .withImagePullPolicy("IfNotPresent")
                        .withCommand(EngineStarts.SLEEP)
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
    }

    @Override
    public void eventReceived(Action action, Pod pod) {
        long now = time.nanoTime();
        String name = pod.getMetadata().getName();
        if (action == Action.DELETED) {
            gone.put(name, now);
            return;
        }
        boolean isScheduled = pod.getStatus().getConditions().stream()
                .anyMatch(condition -> condition.getType().equals("PodScheduled")
                        && condition.getStatus().equals("True"));
        if (isScheduled) {
            scheduled.putIfAbsent(name, now);
        }
        if ("Running".equals(pod.getStatus().getPhase())) {
            running.putIfAbsent(name, now);
        }
    }

    @Override
    public void onClose(WatcherException broken) {
        throw new IllegalStateException("the watch ended", broken);
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        long begun = time.nanoTime();
        while (!condition.getAsBoolean()) {
            if (time.nanoTime() - begun > LIMIT.toNanos()) {
                throw new IllegalStateException("not within " + LIMIT + ": " + running.size() + " pods run");
            }
            time.sleep(POLL);
        }
    }

    @Override
    public void close() {
        watch.close();
        client.close();
    }
}
