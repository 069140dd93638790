package dev.longshore.store.snapshot;

/// What a snapshot holds.
///
/// @param cluster the id of the cluster it is of; empty when who wrote it did not know
/// @param revision the store's revision that it shows
public record SnapshotSummary(String cluster, long revision, long keys, long leases) {}
