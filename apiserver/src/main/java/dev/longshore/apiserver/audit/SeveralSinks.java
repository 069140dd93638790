package dev.longshore.apiserver.audit;

import java.util.List;

/// Each sink takes every event, one after another.
record SeveralSinks(List<AuditSink> sinks) implements AuditSink {

    SeveralSinks {
        sinks = List.copyOf(sinks);
    }

    static AuditSink of(List<AuditSink> sinks) {
        return sinks.size() == 1 ? sinks.getFirst() : new SeveralSinks(sinks);
    }

    @Override
    public boolean take(List<AuditEvent> events) {
        boolean isTaken = true;
        for (AuditSink sink : sinks) {
            isTaken &= sink.take(events);
        }
        return isTaken;
    }

    @Override
    public void close() {
        sinks.forEach(AuditSink::close);
    }
}
