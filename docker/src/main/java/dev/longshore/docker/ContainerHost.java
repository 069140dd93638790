package dev.longshore.docker;

import dev.longshore.network.EngineBridges;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RootViews;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/// What the engine needs to run containers.
///
/// @param runtime a runtime of the engine's own, which wires no sandboxes: nothing in it belongs to others
/// @param roots looks into its containers
/// @param bridges the networks of this host
/// @param directory where the engine keeps containers, volumes and networks
public record ContainerHost(
        NodeRuntime runtime, RootViews roots, EngineBridges bridges, Path directory, RandomGenerator randomness) {}
