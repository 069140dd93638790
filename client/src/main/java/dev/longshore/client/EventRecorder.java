package dev.longshore.client;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes `v1 Event`s for people: what `kubectl describe` shows at its end. What is written, counted up,
/// combined or dropped, [EventCorrelator] decides. Recording never blocks and never fails: when the API server
/// is slow, events beyond a thousand are dropped, which is logged. Thread-safe.
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
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(2);
    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;
    private final String component;
    private final String host;
    private final Time time;
    private final BlockingQueue<Event> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final EventCorrelator correlator;
    private final Thread writer;

    /// Records in the name of `component` (`deployment-controller`); `host` may be empty.
    public EventRecorder(KubernetesClient client, String component, String host, Time time) {
        this.client = client;
        this.component = component;
        this.host = host;
        this.time = time;
        this.correlator = new EventCorrelator(time);
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
        correlator.correlate(event).ifPresent(decision -> {
            if (decision.isKnown()) {
                try {
                    correlator.wrote(decision, countUp(decision.event()));
                    return;
                } catch (KubernetesClientException gone) {
                    if (gone.getCode() != NOT_FOUND) {
                        throw gone;
                    }
                    correlator.forget(decision);
                }
            }
            // An event that ended meanwhile begins anew, under a name of its own.
            Event fresh = new EventBuilder(event)
                    .withMessage(decision.event().getMessage())
                    .build();
            correlator.wrote(decision, client.resource(fresh).create());
        });
    }

    private Event countUp(Event repeated) {
        var patch = Json.object()
                .put("count", repeated.getCount())
                .put("lastTimestamp", repeated.getLastTimestamp())
                .put("message", repeated.getMessage());
        String path = "/api/v1/namespaces/%s/events/%s"
                .formatted(
                        repeated.getMetadata().getNamespace(),
                        repeated.getMetadata().getName());
        return Serialization.unmarshal(Patches.strategicMerge(client, path, patch), Event.class);
    }
}
