package dev.longshore.server;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Directories;
import dev.longshore.base.Time;
import dev.longshore.cli.DataDirectory;
import dev.longshore.linux.Commands;
import dev.longshore.linux.HostPaths;
import dev.longshore.network.HostBridges;
import dev.longshore.network.NodeNetwork;
import dev.longshore.network.PortClaims;
import dev.longshore.runtime.linux.LinuxRuntime;
import dev.longshore.server.node.Nothing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

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
    boolean clean(ClusterId cluster) throws InterruptedException, IOException {
        boolean hadTraces = hasTraces(cluster);
        runtime(engineSettings(directory, cluster)).purge();
        runtime(settings(directory, cluster)).purge();
        HostBridges.purge(cluster, ClusterSetup.RUN_DIRECTORY, commands);
        NodeNetwork.purge(cluster, directory.node(), ClusterSetup.RUN_DIRECTORY, commands, time);
        new PortClaims(ClusterSetup.RUN_DIRECTORY).stopped(cluster);
        Directories.delete(memory(cluster));
        Files.deleteIfExists(new HostPaths(cluster).logindDelay());
        for (Path stale : List.of(
                directory.dockerSocket(),
                directory.controlSocket(),
                CriSocket.path(directory.node()),
                directory.pidFile())) {
            Files.deleteIfExists(stale);
        }
        return hadTraces;
    }

    /// Which node's runtime: the same for who starts it and who cleans up after it.
    static LinuxRuntime.Settings settings(DataDirectory directory, ClusterId cluster) {
        return new LinuxRuntime.Settings(
                cluster,
                directory.node().resolve("runtime"),
                List.of(directory.node().resolve("kubelet"), memory(cluster)));
    }

    /// The same of the Docker Engine API's own containers.
    static LinuxRuntime.Settings engineSettings(DataDirectory directory, ClusterId cluster) {
        LinuxRuntime.Settings pods = settings(directory, cluster);
        return new LinuxRuntime.Settings(
                cluster, directory.node().resolve("engine").resolve("runtime"), pods.sharedDirectories());
    }

    /// Where volumes in memory of `cluster` lie: on a tmpfs.
    static Path memory(ClusterId cluster) {
        return Path.of("/dev/shm", "longshore-" + cluster);
    }

    private LinuxRuntime runtime(LinuxRuntime.Settings settings) {
        return new LinuxRuntime(settings, Nothing.ports(), commands, new SecureRandom(), time);
    }

    /// The bridge is the last thing to go, so it tells whether anything is left.
    private boolean hasTraces(ClusterId cluster) {
        return Files.exists(Path.of("/sys/class/net", "ls-" + cluster));
    }
}
