package dev.longshore.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/// Which cluster a command is about.
public final class ClusterOptions {

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description =
                    "the cluster's data directory (default: /var/lib/longshore, with --name /var/lib/longshore-NAME)")
    private Path dataDirectory;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = DataDirectory.DEFAULT_NAME,
            description = "the cluster's name (default: ${DEFAULT-VALUE}); clusters of different names share a host")
    private String name = DataDirectory.DEFAULT_NAME;

    /// The data directory that was named, or the standard one of the cluster's name.
    public DataDirectory directory() {
        return dataDirectory == null ? DataDirectory.standard(name) : new DataDirectory(dataDirectory);
    }

    /// The cluster's name.
    ///
    /// @throws CommandFailure when it could not be part of host names
    public String name() {
        if (!name.matches("[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?")) {
            throw new CommandFailure("--name " + name + ": use at most 32 lower-case letters, digits and dashes");
        }
        return name;
    }
}
