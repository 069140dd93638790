package dev.longshore.apiserver.objects;

/// How much is remembered and how far a watcher may fall behind.
///
/// @param ring changes of one resource that are remembered
/// @param ringBytes of objects in them
/// @param queue changes that wait for one watcher
/// @param queueBytes of objects in them; one change always fits
record CacheLimits(int ring, long ringBytes, int queue, long queueBytes) {
    static final CacheLimits USUAL = new CacheLimits(2048, 16 << 20, 4096, 16 << 20);
}
