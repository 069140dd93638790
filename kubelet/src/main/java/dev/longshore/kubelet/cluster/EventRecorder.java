package dev.longshore.kubelet.cluster;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells people what happens, in the kubelet's name. Recording never blocks: events wait in a bounded queue for
/// one thread that stores them, and the newest is dropped when the queue is full. What is said again within ten
/// minutes raises a count; an object about which too much is said is cut off until its allowance of one event
/// in five minutes has grown again.
public final class EventRecorder implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EventRecorder.class);
    private static final int QUEUE = 1000;
    private static final int REMEMBERED = 4096;
    private static final Duration MEMORY = Duration.ofMinutes(10);
    private static final int BURST = 25;
    private static final Duration REFILL = Duration.ofMinutes(5);
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final EventSink sink;
    private final Time time;
    private final String host;
    private final BlockingQueue<Occurrence> queue = new ArrayBlockingQueue<>(QUEUE);
    // Both are touched by the storing thread alone.
    private final Map<String, Event> seen = oldestLeaves();
    private final Map<String, Allowance> allowances = oldestLeaves();
    private Thread storing = Thread.ofVirtual().unstarted(this::store);
    private volatile boolean closed;

    /// Events from `host`, the node's name.
    public EventRecorder(EventSink sink, Time time, String host) {
        this.sink = requireNonNull(sink, "sink");
        this.time = requireNonNull(time, "time");
        this.host = requireNonNull(host, "host");
    }

    /// Starts to store.
    public void start() {
        storing = Thread.ofVirtual().name("kubelet-events-" + host).start(this::store);
    }

    /// Something normal about `pod`.
    public void normal(Pod pod, String reason, String message) {
        record(reference(pod, ""), "Normal", reason, message);
    }

    /// Something wrong with `pod`.
    public void warning(Pod pod, String reason, String message) {
        warning(pod, reason, message, Map.of());
    }

    /// Something wrong with `pod`, with `annotations` for programs.
    public void warning(Pod pod, String reason, String message, Map<String, String> annotations) {
        record(new Occurrence(reference(pod, ""), "Warning", reason, message, annotations, time.now()));
    }

    /// Something normal about a container; `fieldPath` is as `spec.containers{NAME}`.
    public void normal(Pod pod, String fieldPath, String reason, String message) {
        record(reference(pod, fieldPath), "Normal", reason, message);
    }

    /// Something wrong with a container.
    public void warning(Pod pod, String fieldPath, String reason, String message) {
        record(reference(pod, fieldPath), "Warning", reason, message);
    }

    /// Something normal about a claim of a pod here.
    public void normal(PersistentVolumeClaim claim, String reason, String message) {
        var reference = new ObjectReferenceBuilder()
                .withKind("PersistentVolumeClaim")
                .withApiVersion("v1")
                .withNamespace(claim.getMetadata().getNamespace())
                .withName(claim.getMetadata().getName())
                .withUid(claim.getMetadata().getUid())
                .withResourceVersion(claim.getMetadata().getResourceVersion())
                .build();
        record(reference, "Normal", reason, message);
    }

    /// Something about this node.
    public void node(String type, String reason, String message) {
        var node = new ObjectReferenceBuilder()
                .withKind("Node")
                .withApiVersion("v1")
                .withName(host)
                .withUid(host)
                .build();
        record(node, type, reason, message);
    }

    /// Stores what waits, for two seconds at most.
    @Override
    public void close() {
        if (!storing.isAlive()) {
            return;
        }
        closed = true;
        record(new ObjectReference(), "", "", "");
        try {
            storing.join(LAST_WORDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        storing.interrupt();
    }

    private void record(ObjectReference about, String type, String reason, String message) {
        record(new Occurrence(about, type, reason, message, Map.of(), time.now()));
    }

    private void record(Occurrence occurrence) {
        if (!queue.offer(occurrence)) {
            log.debug("too many events, dropped: {} {}", occurrence.reason(), occurrence.message());
        }
    }

    private void store() {
        try {
            while (!closed || !queue.isEmpty()) {
                Occurrence next = queue.take();
                // An empty reason is no event but the call to look up: the recorder is being closed.
                if (!next.reason().isEmpty()) {
                    storeOne(next);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void storeOne(Occurrence occurrence) {
        if (!allowances
                .computeIfAbsent(occurrence.about().getUid(), uid -> new Allowance(occurrence.at()))
                .take(occurrence.at())) {
            return;
        }
        String key = occurrence.key();
        Event known = seen.get(key);
        try {
            if (known != null && isRecent(known, occurrence.at())) {
                known.setCount(known.getCount() + 1);
                known.setLastTimestamp(stamp(occurrence.at()));
                sink.repeat(known);
            } else {
                Event event = event(occurrence);
                seen.put(key, event);
                sink.create(event);
            }
        } catch (RuntimeException failure) {
            log.debug("event not stored: {} {}", occurrence.reason(), occurrence.message(), failure);
        }
    }

    private static boolean isRecent(Event event, Instant now) {
        return Instant.parse(event.getLastTimestamp()).plus(MEMORY).isAfter(now);
    }

    private Event event(Occurrence occurrence) {
        ObjectReference about = occurrence.about();
        String namespace = about.getNamespace() == null ? "default" : about.getNamespace();
        String name = "%s.%x"
                .formatted(about.getName(), ChronoUnit.NANOS.between(Instant.EPOCH, occurrence.at()) + seen.size());
        return new EventBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .withAnnotations(occurrence.annotations().isEmpty() ? null : occurrence.annotations())
                .endMetadata()
                .withInvolvedObject(about)
                .withType(occurrence.type())
                .withReason(occurrence.reason())
                .withMessage(occurrence.message())
                .withNewSource("kubelet", host)
                .withReportingComponent("kubelet")
                .withReportingInstance(host)
                .withFirstTimestamp(stamp(occurrence.at()))
                .withLastTimestamp(stamp(occurrence.at()))
                .withCount(1)
                .build();
    }

    private static String stamp(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static ObjectReference reference(Pod pod, String fieldPath) {
        var meta = pod.getMetadata();
        return new ObjectReferenceBuilder()
                .withKind("Pod")
                .withApiVersion("v1")
                .withNamespace(meta.getNamespace())
                .withName(meta.getName())
                .withUid(meta.getUid())
                .withResourceVersion(meta.getResourceVersion())
                .withFieldPath(fieldPath.isEmpty() ? null : fieldPath)
                .build();
    }

    private static <V> Map<String, V> oldestLeaves() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > REMEMBERED;
            }
        };
    }

    private record Occurrence(
            ObjectReference about,
            String type,
            String reason,
            String message,
            Map<String, String> annotations,
            Instant at) {

        String key() {
            return String.join("\u0000", about.getUid(), String.valueOf(about.getFieldPath()), type, reason, message);
        }
    }

    /// A bucket of 25 events that refills by one in five minutes.
    private static final class Allowance {
        private double left = BURST;
        private Instant refilled;

        Allowance(Instant now) {
            this.refilled = now;
        }

        boolean take(Instant now) {
            double grown = (double) Duration.between(refilled, now).toMillis() / REFILL.toMillis();
            left = Math.min(BURST, left + Math.max(0, grown));
            refilled = now;
            if (left < 1) {
                return false;
            }
            left--;
            return true;
        }
    }
}
