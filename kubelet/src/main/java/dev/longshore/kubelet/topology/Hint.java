package dev.longshore.kubelet.topology;

import java.util.Optional;

/// NUMA nodes from which a resource could be given.
///
/// @param nodes empty where it does not matter
/// @param isPreferred whether no fewer nodes would do
public record Hint(Optional<NumaNodes> nodes, boolean isPreferred) {

    /// From anywhere.
    public static final Hint NO_MATTER = new Hint(Optional.empty(), true);
    static final Hint IMPOSSIBLE = new Hint(Optional.empty(), false);

    /// From these.
    public static Hint of(NumaNodes nodes, boolean isPreferred) {
        return new Hint(Optional.of(nodes), isPreferred);
    }
}
