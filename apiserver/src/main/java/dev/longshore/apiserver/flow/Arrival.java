package dev.longshore.apiserver.flow;

import java.time.Duration;

/// A request that wants seats at a level.
///
/// @param flow the flow that it belongs to
/// @param hash of schema and flow
/// @param seats how many it needs, at least one
/// @param patience how long it may wait
record Arrival(FlowTally tally, String flow, long hash, int seats, Duration patience) {
    Arrival {
        if (seats < 1) {
            throw new IllegalArgumentException("a request for " + seats + " seats");
        }
    }
}
