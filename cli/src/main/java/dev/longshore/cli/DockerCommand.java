package dev.longshore.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ScopeType;

/// `longshore docker …`: the commands of the docker client that Longshore's users need, for those who have
/// none.
@Command(
        name = "docker",
        description = "Builds and moves images, as the docker client does.",
        subcommands = {
            DockerBuildCommand.class,
            DockerImagesCommand.class,
            DockerTagCommand.class,
            DockerPushCommand.class,
            DockerPullCommand.class,
            DockerRmiCommand.class
        },
        scope = ScopeType.LOCAL)
final class DockerCommand {

    @Mixin
    private ClusterOptions cluster;

    /// The engine of the cluster that was named.
    EngineClient engine() {
        return new EngineClient(cluster.directory());
    }
}
