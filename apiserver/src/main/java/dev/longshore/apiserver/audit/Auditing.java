package dev.longshore.apiserver.audit;

import dev.longshore.base.Time;
import dev.longshore.http.Request;
import java.util.Optional;

/// The audit log of an API server: makes a trail for every request. Close it after the server, and after what carries
/// the server's answers: then nothing is lost. Thread-safe.
public final class Auditing implements AutoCloseable {

    private final AuditPolicy policy;
    private final AuditSink sink;
    private final AuditTally tally;
    private final Time time;

    Auditing(AuditPolicy policy, AuditSink sink, AuditTally tally, Time time) {
        this.policy = policy;
        this.sink = sink;
        this.tally = tally;
        this.time = time;
    }

    /// What `options` ask for; empty without a policy or without a place for events, as with kube-apiserver.
    ///
    /// @throws AuditConfigException when files cannot be read or written, or make no sense
    public static Optional<Auditing> of(AuditOptions options, Outside outside) {
        return AuditSinks.open(options, outside);
    }

    /// What the audit log needs of the world.
    ///
    /// @param standardOut where events go for the path `-`; never closed
    public record Outside(Time time, java.util.random.RandomGenerator randomness, java.io.OutputStream standardOut) {}

    /// The trail of a request that has just come, with the id `id`.
    ///
    /// @param isLongRunning whether it stays open as long as both sides like
    public AuditTrail begin(Request request, String id, boolean isLongRunning) {
        return new AuditTrail(this, request, id, isLongRunning);
    }

    /// What it counts.
    public AuditTally tally() {
        return tally;
    }

    AuditPolicy policy() {
        return policy;
    }

    AuditSink sink() {
        return sink;
    }

    Time time() {
        return time;
    }

    /// Returns when all events are where they shall be, or cannot get there.
    @Override
    public void close() {
        sink.close();
    }
}
