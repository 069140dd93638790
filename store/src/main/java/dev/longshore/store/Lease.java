package dev.longshore.store;

import java.time.Duration;

/// A lease as granted.
///
/// @param ttl its full time to live
/// @param remaining what is left of it now
public record Lease(long id, Duration ttl, Duration remaining) {}
