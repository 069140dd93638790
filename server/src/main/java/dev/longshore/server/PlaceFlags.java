package dev.longshore.server;

import dev.longshore.cli.CommandFailure;
import dev.longshore.server.config.PlaceOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/// The flags of `up` about its place among several servers of one cluster.
final class PlaceFlags {

    private static final int LAST_PORT = 65_535;

    @Option(
            names = "--pki",
            paramLabel = "DIR",
            description = "where the servers of one cluster share its authorities and keys; the first makes them there")
    private Path pki;

    @Option(
            names = "--no-node",
            description = "this machine is no node: API server, controllers and scheduler only, no containers")
    private boolean hasNoNode;

    @Option(
            names = "--node-name",
            paramLabel = "NAME",
            description = "what this machine is called in the cluster (default: its host name)")
    private String nodeName;

    @Option(
            names = "--kubelet-port",
            paramLabel = "PORT",
            description = "the kubelet's port (default: 10250, or a free one)")
    private Integer kubeletPort;

    /// What they say.
    ///
    /// @throws CommandFailure when it makes no sense
    PlaceOptions options() {
        if (kubeletPort != null && (kubeletPort < 1 || kubeletPort > LAST_PORT)) {
            throw new CommandFailure("--kubelet-port %d: a port is between 1 and %d".formatted(kubeletPort, LAST_PORT));
        }
        try {
            return new PlaceOptions(
                    Optional.ofNullable(pki).map(Path::toAbsolutePath),
                    !hasNoNode,
                    Optional.ofNullable(nodeName),
                    kubeletPort == null ? OptionalInt.empty() : OptionalInt.of(kubeletPort));
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(wrong.getMessage(), wrong);
        }
    }
}
