package dev.longshore.kubelet.volumes;

import dev.longshore.linux.Commands;
import dev.longshore.linux.DirectMounts;
import java.util.Map;
import java.util.function.Supplier;

/// What volumes need of the node that they are on.
///
/// @param commands for tools that make, check and mount file systems
/// @param labels of the node, as they are now; may block
public record NodeAccess(DirectMounts mounts, Commands commands, Supplier<Map<String, String>> labels) {}
