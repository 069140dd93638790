package dev.longshore.autoscaler;

import java.util.Comparator;
import java.util.List;

/// A group as it was when its provider was asked.
record GroupView(NodeGroup group, int targetSize, GroupSettings settings, List<Instance> instances) {

    GroupView {
        instances =
                instances.stream().sorted(Comparator.comparing(Instance::name)).toList();
    }

    /// What the provider says of `group` now.
    ///
    /// @throws ProviderException when it does not
    static GroupView of(NodeGroup group, GroupSettings defaults) {
        return new GroupView(group, group.targetSize(), group.settings(defaults), group.instances());
    }

    String id() {
        return group.id();
    }

    int minSize() {
        return group.minSize();
    }

    int maxSize() {
        return group.maxSize();
    }

    /// Whether the node called `name` is one of the group's.
    boolean holds(String name) {
        return instances.stream().anyMatch(instance -> instance.name().equals(name));
    }
}
