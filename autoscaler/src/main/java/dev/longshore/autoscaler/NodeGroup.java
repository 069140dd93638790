package dev.longshore.autoscaler;

import io.fabric8.kubernetes.api.model.Node;
import java.util.List;

/// Nodes that are like one another and whose number can be chosen.
public interface NodeGroup {

    /// Its name, unique among the groups; people see it in events.
    String id();

    /// It is not made smaller than this.
    int minSize();

    /// Nor larger than this.
    int maxSize();

    /// How many nodes it shall have: those that are there and those that are being made, without those that are
    /// being removed.
    ///
    /// @throws ProviderException when the provider does not say
    int targetSize();

    /// Asks for `delta` nodes more, at least one; returns before they are there.
    ///
    /// @throws ProviderException when it cannot be; then nothing was asked for
    void increaseSize(int delta);

    /// Removes these nodes, by the names in [#instances], and lowers the target by their number.
    ///
    /// @throws ProviderException when it cannot be
    void deleteNodes(List<String> names);

    /// Lowers the target by `delta` nodes that were asked for but never made; never removes a node.
    ///
    /// @throws ProviderException when that would remove nodes
    void decreaseTargetSize(int delta);

    /// What the provider has of the group now.
    ///
    /// @throws ProviderException when it does not say
    List<Instance> instances();

    /// A Node such as a new one of this group would register: labels, taints, capacity and allocatable. Its name
    /// does not matter.
    ///
    /// @throws ProviderException when the provider does not know
    Node template();

    /// What holds for this group, where it differs from `defaults`.
    default GroupSettings settings(GroupSettings defaults) {
        return defaults;
    }
}
