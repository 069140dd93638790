package dev.longshore.client;

/// Brings the world to what one object asks for. Called with the object's key (`namespace/name`, or `name`),
/// never with an event: events coalesce and arrive late, so it reads the object anew. Called concurrently, but
/// never twice at once for one key. Throwing means: try again, later and later.
@FunctionalInterface
public interface Reconciler {

    /// Does it.
    Outcome reconcile(String key) throws InterruptedException;
}
