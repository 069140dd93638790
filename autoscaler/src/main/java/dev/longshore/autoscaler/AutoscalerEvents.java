package dev.longshore.autoscaler;

import dev.longshore.base.Time;
import dev.longshore.client.EventRecorder;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Tells people what the autoscaler does: events about pods, about nodes, and, for all else, about the ConfigMap with
/// its status. The same event about the same object is told once in five minutes. Thread-safe.
final class AutoscalerEvents implements AutoCloseable {

    private static final Duration ONCE_IN = Duration.ofMinutes(5);
    private static final int MOST_REMEMBERED = 50_000;

    private record Told(String object, String reason, String message) {}

    private final EventRecorder recorder;
    private final boolean repeats;
    private final Time time;
    private final Map<Told, Instant> told = new HashMap<>();
    private Optional<ConfigMap> status = Optional.empty();

    /// @param recorder closed with this
    /// @param repeats whether the same event may be told again at once
    AutoscalerEvents(EventRecorder recorder, boolean repeats, Time time) {
        this.recorder = recorder;
        this.repeats = repeats;
        this.time = time;
    }

    /// Where to tell [#cluster] events; without, they are only logged.
    synchronized void about(ConfigMap statusMap) {
        status = Optional.of(statusMap);
    }

    void normal(HasMetadata object, String reason, String message) {
        tell(object, EventRecorder.Type.NORMAL, reason, message);
    }

    void warning(HasMetadata object, String reason, String message) {
        tell(object, EventRecorder.Type.WARNING, reason, message);
    }

    void cluster(Notice notice) {
        Optional<ConfigMap> object;
        synchronized (this) {
            object = status;
        }
        object.ifPresent(map -> tell(
                map,
                notice.isWarning() ? EventRecorder.Type.WARNING : EventRecorder.Type.NORMAL,
                notice.reason(),
                notice.message()));
    }

    private void tell(HasMetadata object, EventRecorder.Type type, String reason, String message) {
        if (repeats || isNews(new Told(object.getMetadata().getUid(), reason, message))) {
            recorder.event(object, type, reason, message);
        }
    }

    private synchronized boolean isNews(Told event) {
        Instant now = time.now();
        if (told.size() >= MOST_REMEMBERED) {
            told.values().removeIf(at -> at.plus(ONCE_IN).isBefore(now));
        }
        Instant last = told.get(event);
        boolean isNews = last == null || last.plus(ONCE_IN).isBefore(now);
        if (isNews && (last != null || told.size() < MOST_REMEMBERED)) {
            told.put(event, now);
        }
        return isNews;
    }

    @Override
    public void close() {
        recorder.close();
    }
}
