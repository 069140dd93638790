package dev.longshore.apiserver.audit;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the audit log counts of itself, for `/metrics`. Thread-safe.
public final class AuditTally {

    private static final Logger log = LoggerFactory.getLogger(AuditTally.class);

    private final LongAdder events = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final Map<AuditLevel, LongAdder> levels = new EnumMap<>(AuditLevel.class);
    private final Map<String, LongAdder> errors = new ConcurrentSkipListMap<>();

    AuditTally() {
        for (AuditLevel level : AuditLevel.values()) {
            levels.put(level, new LongAdder());
        }
    }

    /// Events that were given to sinks.
    public long events() {
        return events.sum();
    }

    /// Requests that were refused because they could not be told of.
    public long rejected() {
        return rejected.sum();
    }

    /// Requests by the level at which they are told; only levels that came up.
    public Map<String, Long> levels() {
        var counts = new TreeMap<String, Long>();
        levels.forEach((level, count) -> {
            if (count.sum() > 0) {
                counts.put(level.text(), count.sum());
            }
        });
        return counts;
    }

    /// Lost events by the plugin that lost them: `log`, `webhook`, `buffered`, `truncate`.
    public Map<String, Long> errors() {
        var counts = new TreeMap<String, Long>();
        errors.forEach((plugin, count) -> counts.put(plugin, count.sum()));
        return counts;
    }

    void event() {
        events.increment();
    }

    void reject() {
        rejected.increment();
    }

    void judged(AuditLevel level) {
        levels.get(level).increment();
    }

    /// Counts `events` as lost by `plugin`, and leaves a line of each in our own log.
    void lost(String plugin, String why, List<AuditEvent> events) {
        errors.computeIfAbsent(plugin, unseen -> new LongAdder()).add(events.size());
        log.error(
                "Error in audit plugin '{}' affecting {} audit events: {}\nImpacted events:\n{}",
                plugin,
                events.size(),
                why,
                events.stream().map(EventLine::of).collect(Collectors.joining("\n")));
    }
}
