package dev.longshore.kubelet.node;

/// How much of something there is left, and how much there is in all: bytes, inodes or processes.
public record Observation(long available, long capacity) {}
