package dev.longshore.kubelet.topology;

/// A logical processor.
///
/// @param core the lowest number of those in the same core
/// @param cache the last-level cache that it uses, by the lowest number of those that use it too
public record Processor(int number, int core, int socket, int node, int cache) {}
