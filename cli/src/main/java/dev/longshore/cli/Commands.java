package dev.longshore.cli;

import java.util.List;

/// The commands that speak to a running cluster over its sockets.
public final class Commands {

    private Commands() {}

    /// A new object of each, for picocli.
    public static List<Object> all() {
        return List.of(
                new StatusCommand(),
                new VersionCommand(),
                new KubeconfigCommand(),
                new DockerCommand(),
                new BuildCommand(),
                new ImagesCommand(),
                new EncryptionCommand());
    }
}
