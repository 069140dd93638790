package dev.longshore.apiserver.audit;

import dev.longshore.apiserver.audit.AuditOptions.TruncateOptions;
import java.util.ArrayList;
import java.util.List;

/// Takes the objects out of events that are too large, drops those that are too large even so, and splits batches.
record TruncatingSink(AuditSink sink, TruncateOptions limits, AuditTally tally) implements AuditSink {

    @Override
    public boolean take(List<AuditEvent> events) {
        var batch = new ArrayList<AuditEvent>();
        var lost = new ArrayList<AuditEvent>();
        long bytes = 0;
        boolean isTaken = true;
        for (AuditEvent whole : events) {
            AuditEvent event = whole;
            long size = EventJson.line(event).length;
            if (size > limits.largestEvent() && event.level().covers(AuditLevel.REQUEST)) {
                event = event.truncated();
                size = EventJson.line(event).length;
            }
            if (size > limits.largestEvent()) {
                lost.add(event);
                continue;
            }
            if (!batch.isEmpty() && bytes + size > limits.largestBatch()) {
                isTaken &= sink.take(List.copyOf(batch));
                batch.clear();
                bytes = 0;
            }
            bytes += size;
            batch.add(event);
        }
        if (!batch.isEmpty()) {
            isTaken &= sink.take(List.copyOf(batch));
        }
        if (!lost.isEmpty()) {
            tally.lost("truncate", "event is too large even after truncating", lost);
        }
        return isTaken;
    }

    @Override
    public void close() {
        sink.close();
    }
}
