package dev.longshore.client;

import java.time.Duration;

/// What came of one reconciliation.
public sealed interface Outcome {

    /// The world is as it should be, or will say so by an event.
    record Done() implements Outcome {}

    /// Look again after `delay`, though nothing may have changed by then.
    record RetryAfter(Duration delay) implements Outcome {}

    /// It failed and time will not help; it is logged, and tried again only when the object changes.
    record GiveUp(String why) implements Outcome {}

    /// Nothing more to do.
    static Outcome done() {
        return new Done();
    }
}
