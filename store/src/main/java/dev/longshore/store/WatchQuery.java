package dev.longshore.store;

/// What to watch.
///
/// @param fromRevision the first revision wanted; 0 for what comes after now
/// @param previous whether events carry the version before
public record WatchQuery(KeyRange range, long fromRevision, boolean previous) {}
