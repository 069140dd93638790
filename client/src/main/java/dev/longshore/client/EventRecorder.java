package dev.longshore.client;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes `v1 Event`s for people: what `kubectl describe` shows at its end. An event that repeats counts up
/// instead of being written anew. Recording never blocks and never fails: when the API server is slow, events
/// beyond a thousand are dropped, which is logged. Thread-safe.
public final class EventRecorder implements AutoCloseable {

    /// As `kubectl` shows it in the Type column.
    public enum Type {
        /// All is well.
        NORMAL("Normal"),
        /// Somebody should look.
        WARNING("Warning");

        private final String text;

        Type(String text) {
            this.text = text;
        }
    }

    private static final Logger log = LoggerFactory.getLogger(EventRecorder.class);
    private static final int MOST_WAITING = 1000;
    private static final int MOST_KNOWN = 4096;
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(2);
    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;
    private final String component;
    private final String host;
    private final Time time;
    private final BlockingQueue<Event> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Map<String, Event> known = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Event> eldest) {
            return size() > MOST_KNOWN;
        }
    };
    private final Thread writer;

    /// Records in the name of `component` (`deployment-controller`); `host` may be empty.
    public EventRecorder(KubernetesClient client, String component, String host, Time time) {
        this.client = client;
        this.component = component;
        this.host = host;
        this.time = time;
        this.writer = Thread.ofVirtual().name("events-" + component).start(this::write);
    }

    /// Says that `reason` happened to `regarding`.
    public void event(HasMetadata regarding, Type type, String reason, String message) {
        String now = Instant.ofEpochSecond(time.now().getEpochSecond()).toString();
        String namespace = regarding.getMetadata().getNamespace();
        Event event = new EventBuilder()
                .withNewMetadata()
                .withName(regarding.getMetadata().getName() + "." + Long.toHexString(time.nanoTime()))
                .withNamespace(namespace == null || namespace.isEmpty() ? "default" : namespace)
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(regarding.getApiVersion())
                .withKind(regarding.getKind())
                .withNamespace(namespace)
                .withName(regarding.getMetadata().getName())
                .withUid(regarding.getMetadata().getUid())
                .withResourceVersion(regarding.getMetadata().getResourceVersion())
                .endInvolvedObject()
                .withType(type.text)
                .withReason(reason)
                .withMessage(message)
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .withNewSource()
                .withComponent(component)
                .withHost(host.isEmpty() ? null : host)
                .endSource()
                .withReportingComponent(component)
                .withReportingInstance(host)
                .build();
        if (!waiting.offer(event)) {
            log.warn("{}: dropped an event, the API server is too slow: {} {}", component, reason, message);
        }
    }

    @Override
    public void close() {
        writer.interrupt();
        try {
            writer.join(JOIN_LIMIT);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Event event = waiting.take();
                try {
                    write(event);
                } catch (KubernetesClientException refused) {
                    log.debug("{}: cannot write event {}: {}", component, event.getReason(), refused.getMessage());
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(Event event) {
        String key = String.join(
                "\n",
                String.valueOf(event.getInvolvedObject().getUid()),
                event.getInvolvedObject().getKind(),
                event.getMetadata().getNamespace(),
                event.getInvolvedObject().getName(),
                event.getReason(),
                event.getMessage());
        Event before = known.get(key);
        if (before != null) {
            Event repeated = new EventBuilder(before)
                    .withCount(before.getCount() + 1)
                    .withLastTimestamp(event.getLastTimestamp())
                    .build();
            try {
                known.put(key, update(repeated));
                return;
            } catch (KubernetesClientException gone) {
                if (gone.getCode() != NOT_FOUND) {
                    throw gone;
                }
            }
        }
        known.put(key, client.resource(event).create());
    }

    private Event update(Event repeated) {
        return client.v1()
                .events()
                .inNamespace(repeated.getMetadata().getNamespace())
                .withName(repeated.getMetadata().getName())
                .edit(stored -> new EventBuilder(stored)
                        .withCount(repeated.getCount())
                        .withLastTimestamp(repeated.getLastTimestamp())
                        .build());
    }
}
