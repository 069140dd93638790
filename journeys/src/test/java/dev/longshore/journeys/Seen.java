package dev.longshore.journeys;

import dev.longshore.base.Json;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/// What a watch of one type in one namespace tells, in order.
final class Seen implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    /// One event.
    record Told(String type, JsonNode object) {

        @Override
        public String toString() {
            return type + " " + object.at("/metadata/name").asString();
        }
    }

    private final BlockingQueue<Told> events = new LinkedBlockingQueue<>();
    private final Watch watch;

    Seen(HollowNamespace namespace, WorkloadApiJourneyTest.Workload workload) {
        this(namespace, workload.path(), workload.kind());
    }

    /// @param path of the type, with `NS` for the namespace
    Seen(HollowNamespace namespace, String path, String kind) {
        boolean isCore = path.startsWith("/api/");
        String[] parts = path.split("/");
        watch = namespace
                .client()
                .genericKubernetesResources(new ResourceDefinitionContext.Builder()
                        .withGroup(isCore ? "" : parts[2])
                        .withVersion(isCore ? parts[2] : parts[3])
                        .withKind(kind)
                        .withPlural(parts[parts.length - 1])
                        .withNamespaced(true)
                        .build())
                .inNamespace(namespace.name())
                .watch(new Watcher<GenericKubernetesResource>() {
                    @Override
                    public void eventReceived(Action action, GenericKubernetesResource object) {
                        events.add(new Told(action.name(), Json.parse(Serialization.asJson(object))));
                    }

                    @Override
                    public void onClose(WatcherException cause) {
                        // Who waits for more runs out of patience.
                    }
                });
    }

    /// Waits for an event like this; returns all up to it.
    ///
    /// @param types a regular expression
    List<Told> untilLast(String types, Predicate<JsonNode> last) throws InterruptedException {
        var told = new ArrayList<Told>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            Told next = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null) {
                throw new AssertionError("nothing like it was told, only " + told);
            }
            told.add(next);
            if (next.type().matches(types) && last.test(next.object())) {
                return told;
            }
        }
    }

    @Override
    public void close() {
        watch.close();
    }
}
