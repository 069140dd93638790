package dev.longshore.builder.attest;

import java.time.Instant;

/// When attestations are made, and what tells this build from others.
sealed interface Occasion {

    /// A build that happens once.
    ///
    /// @param id random
    record Once(String id, Instant started, Instant finished) implements Occasion {}

    /// A build with SOURCE_DATE_EPOCH: nothing may tell it from another of the same.
    record AnyTime(Instant epoch) implements Occasion {}
}
