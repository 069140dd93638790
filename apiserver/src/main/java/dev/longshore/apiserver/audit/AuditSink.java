package dev.longshore.apiserver.audit;

import java.util.List;

/// Takes events. Thread-safe.
interface AuditSink extends AutoCloseable {

    /// Takes `events`, in their order; returns when they are where they shall be, or wait for it.
    ///
    /// @return false if one of them is lost, which has been counted and logged
    boolean take(List<AuditEvent> events);

    /// From now on nothing is put off in the hope of better times.
    default void stopWaiting() {}

    /// Takes nothing more; returns when all that was taken is where it shall be, or cannot get there.
    @Override
    void close();
}
