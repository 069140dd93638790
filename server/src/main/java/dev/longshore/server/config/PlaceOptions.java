package dev.longshore.server.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/// This server's place among those of its cluster.
///
/// @param pki where the servers of a cluster share its authorities and keys; each has its own without
/// @param hasNode whether this machine is a node of the cluster
/// @param nodeName what it is called in the cluster; as the machine is called without
/// @param kubeletPort the kubelet's port; the usual one, or the next free, without
public record PlaceOptions(Optional<Path> pki, boolean hasNode, Optional<String> nodeName, OptionalInt kubeletPort) {

    /// As without flags.
    public static final PlaceOptions ALONE =
            new PlaceOptions(Optional.empty(), true, Optional.empty(), OptionalInt.empty());

    /// @throws IllegalArgumentException when nothing can be called so
    public PlaceOptions {
        nodeName.ifPresent(name -> {
            if (!name.matches("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")) {
                throw new IllegalArgumentException(
                        "--node-name: \"" + name + "\" is no name: small letters, digits, dots and dashes");
            }
        });
    }
}
