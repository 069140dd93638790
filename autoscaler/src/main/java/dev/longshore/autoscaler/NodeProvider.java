package dev.longshore.autoscaler;

import java.util.List;
import java.util.Set;

/// Whoever can make and remove nodes: a cloud, a rack, or a process that only pretends. Its methods may block, for
/// seconds rather than minutes; the autoscaler calls them from several threads.
public interface NodeProvider {

    /// The groups of nodes that may be resized, always in the same order. Nodes in none of them are never touched.
    List<NodeGroup> groups();

    /// Called before each look at the groups: the moment to ask a cloud anew.
    ///
    /// @throws ProviderException when it cannot be asked
    default void refresh() {}

    /// Labels by which nodes tell their group: groups that differ in nothing else are similar.
    default Set<String> groupLabels() {
        return Set.of();
    }
}
