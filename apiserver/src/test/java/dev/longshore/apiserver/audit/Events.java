package dev.longshore.apiserver.audit;

import static org.awaitility.Awaitility.await;

import dev.longshore.model.UserInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Events, and a sink that keeps them, for tests.
final class Events {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.000001Z");

    private Events() {}

    static AuditEvent named(String id) {
        return of(id, AuditLevel.METADATA, Optional.empty());
    }

    static AuditEvent large(String id, int bytes) {
        byte[] object = ("{\"x\":\"" + "y".repeat(bytes) + "\"}").getBytes(StandardCharsets.US_ASCII);
        return of(id, AuditLevel.REQUEST, Optional.of(object));
    }

    private static AuditEvent of(String id, AuditLevel level, Optional<byte[]> sent) {
        return new AuditEvent(
                level,
                id,
                AuditStage.RESPONSE_COMPLETE,
                new AuditEvent.Line("/version?a=1&b=2", "get", List.of("10.0.0.1"), "curl"),
                UserInfo.of("tim"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                sent,
                Optional.empty(),
                NOON,
                NOON,
                new TreeMap<>());
    }

    /// Keeps what it takes, batch by batch; fails while it shall.
    static final class Kept implements AuditSink {
        final List<List<String>> batches = new ArrayList<>();
        boolean fails;
        boolean isClosed;

        @Override
        public synchronized boolean take(List<AuditEvent> events) {
            batches.add(events.stream().map(AuditEvent::id).toList());
            return !fails;
        }

        /// Waits until it has taken so many batches, within limits.
        List<List<String>> batches(int count) {
            return await(count + " batches")
                    .atMost(Duration.ofSeconds(30))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .until(this::taken, taken -> taken.size() >= count);
        }

        private synchronized List<List<String>> taken() {
            return List.copyOf(batches);
        }

        @Override
        public synchronized void close() {
            isClosed = true;
        }
    }
}
