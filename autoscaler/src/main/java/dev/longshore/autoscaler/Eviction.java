package dev.longshore.autoscaler;

/// What happens to a pod whose node is removed.
sealed interface Eviction {

    /// Nothing: it goes with the node.
    record Ignored() implements Eviction {}

    /// It is evicted, and made anew elsewhere.
    record Moved() implements Eviction {}

    /// It keeps its node.
    record Refused(Obstacle obstacle, String message) implements Eviction {}
}
