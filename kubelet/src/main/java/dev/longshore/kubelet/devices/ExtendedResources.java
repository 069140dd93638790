package dev.longshore.kubelet.devices;

import java.util.Map;

/// What devices the node has, by the names that pods ask for them by. Thread-safe.
public interface ExtendedResources {

    /// None.
    ExtendedResources NONE = Map::of;

    /// How many there are and how many of them are of use, by resource.
    Map<String, Count> counts();

    /// Zero of both when a plugin was here and is no more.
    record Count(long all, long healthy) {}
}
