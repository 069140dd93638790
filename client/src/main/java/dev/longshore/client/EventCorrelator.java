package dev.longshore.client;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Decides what becomes of an event before it is written, as client-go's correlator does:
///
/// ```text
/// the same again                      the event that is there counts up
/// ten alike within ten minutes        one event "(combined from similar events)" counts up
/// more than 25 of one object at once  dropped, but for one each five minutes
/// ```
///
/// Remembers the last 4096 of each. Confined to one thread.
final class EventCorrelator {

    private static final int MOST_KNOWN = 4096;
    private static final int MOST_ALIKE = 10;
    private static final Duration ALIKE = Duration.ofMinutes(10);
    private static final int BURST = 25;
    private static final Duration REFILL = Duration.ofMinutes(5);
    private static final String COMBINED = "(combined from similar events): ";

    private final Time time;
    private final Map<String, Alike> alike = new Recent<>();
    private final Map<String, Event> written = new Recent<>();
    private final Map<String, Bucket> buckets = new Recent<>();

    EventCorrelator(Time time) {
        this.time = time;
    }

    /// What to write.
    ///
    /// @param key under which [#wrote] is told what came of it
    /// @param event the new event, or the known one counted up
    /// @param isKnown it is to be changed, not created
    record Decision(String key, Event event, boolean isKnown) {}

    private record Alike(Set<String> messages, Instant last) {}

    private record Bucket(double tokens, Instant filled) {}

    /// Empty if it is to be dropped.
    Optional<Decision> correlate(Event event) {
        Instant now = time.now();
        String group = group(event);
        boolean isCombined = isOneOfMany(group, event.getMessage(), now);
        Event wanted = isCombined
                ? new EventBuilder(event)
                        .withMessage(COMBINED + event.getMessage())
                        .build()
                : event;
        String key = isCombined
                ? group
                : joined(group, event.getMessage(), event.getInvolvedObject().getFieldPath());
        Event before = written.get(key);
        if (!mayPass(event, now)) {
            return Optional.empty();
        }
        if (before == null) {
            return Optional.of(new Decision(key, wanted, false));
        }
        return Optional.of(new Decision(
                key,
                new EventBuilder(before)
                        .withCount(Optional.ofNullable(before.getCount()).orElse(1) + 1)
                        .withMessage(wanted.getMessage())
                        .withLastTimestamp(event.getLastTimestamp())
                        .build(),
                true));
    }

    /// The decision's event is stored, as `stored`.
    void wrote(Decision decision, Event stored) {
        written.put(decision.key, stored);
    }

    /// The event that was to count up is not there any more.
    void forget(Decision decision) {
        written.remove(decision.key);
    }

    private boolean isOneOfMany(String group, String message, Instant now) {
        Alike known = alike.get(group);
        boolean isFresh = known != null && !known.last.plus(ALIKE).isBefore(now);
        Set<String> messages = isFresh ? known.messages : new HashSet<>();
        if (messages.size() < MOST_ALIKE) {
            messages.add(message);
        }
        alike.put(group, new Alike(messages, now));
        return messages.size() >= MOST_ALIKE;
    }

    private boolean mayPass(Event event, Instant now) {
        String key = source(event) + "\n" + object(event.getInvolvedObject());
        Bucket known = buckets.getOrDefault(key, new Bucket(BURST, now));
        double refilled = (double) Duration.between(known.filled, now).toMillis() / REFILL.toMillis();
        double tokens = Math.min(BURST, known.tokens + refilled);
        boolean passes = tokens >= 1;
        buckets.put(key, new Bucket(passes ? tokens - 1 : tokens, now));
        return passes;
    }

    private static String group(Event event) {
        return joined(
                source(event),
                object(event.getInvolvedObject()),
                event.getType(),
                event.getReason(),
                event.getReportingComponent(),
                event.getReportingInstance());
    }

    private static String source(Event event) {
        return event.getSource() == null
                ? ""
                : joined(event.getSource().getComponent(), event.getSource().getHost());
    }

    private static String object(ObjectReference about) {
        return joined(about.getKind(), about.getNamespace(), about.getName(), about.getUid(), about.getApiVersion());
    }

    private static String joined(String... parts) {
        return Arrays.stream(parts).map(part -> Objects.toString(part, "")).collect(Collectors.joining("\n"));
    }

    /// Forgets what was not asked for the longest.
    private static final class Recent<V> extends LinkedHashMap<String, V> {
        Recent() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > MOST_KNOWN;
        }
    }
}
