package dev.longshore.server;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Time;
import dev.longshore.cli.DataDirectory;
import dev.longshore.linux.Commands;
import dev.longshore.network.NodeNetwork;
import java.io.IOException;

/// Takes everything off the host that bears a cluster's id: processes, mounts, namespaces, cgroups, interfaces,
/// rules, sysctls. Needs no running server and no state.
final class HostCleanup {

    private final DataDirectory directory;
    private final Commands commands;
    private final Time time;

    HostCleanup(DataDirectory directory, Commands commands, Time time) {
        this.directory = directory;
        this.commands = commands;
        this.time = time;
    }

    /// Cleans up after `cluster`.
    ///
    /// @return whether there was anything
    boolean clean(ClusterId cluster) throws InterruptedException {
        return false;
    }
}
