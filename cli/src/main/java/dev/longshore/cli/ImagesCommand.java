package dev.longshore.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ScopeType;

/// `longshore images …`: what is about images and not the docker client's.
@Command(
        name = "images",
        description = "Makes images that need no registry.",
        subcommands = {BaseImagesCommand.class},
        scope = ScopeType.LOCAL)
final class ImagesCommand {

    @Mixin
    private ClusterOptions cluster;

    /// The server of the cluster that was named.
    ControlClient server() {
        return new ControlClient(cluster.directory());
    }
}
