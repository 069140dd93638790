package dev.longshore.runtime.linux;

import dev.longshore.base.Time;
import dev.longshore.linux.Cgroups;
import dev.longshore.linux.Commands;
import dev.longshore.linux.HostPaths;
import dev.longshore.linux.MountNamespace;
import dev.longshore.linux.NetworkNamespaces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Takes away all that a cluster's runtime has on a host, found by the cluster's name alone: processes by their
/// cgroup, namespaces by their pins. The mounts of containers go with the mount namespace.
final class HostRemains {

    private static final Duration ROUND = Duration.ofMillis(20);
    private static final int ROUNDS = 100;

    private final HostPaths host;
    private final Cgroups cgroups;
    private final MountNamespace namespace;
    private final NetworkNamespaces networks;
    private final Commands commands;
    private final Time time;

    HostRemains(HostPaths host, Cgroups cgroups, MountNamespace namespace, Commands commands, Time time) {
        this.time = time;
        this.host = host;
        this.cgroups = cgroups;
        this.namespace = namespace;
        this.networks = new NetworkNamespaces(host, commands);
        this.commands = commands;
    }

    void remove() throws InterruptedException {
        // Monitors first, or they would write exits that nobody wants.
        cgroups.kill(host.cgroup() + "/monitors");
        cgroups.kill(host.cgroup());
        for (Path pin : networks.list()) {
            networks.remove(pin);
        }
        namespace.remove();
        if (Files.isDirectory(host.run())) {
            commands.require("rm", "-rf", "--one-file-system", host.run().toString());
        }
        removeCgroups();
    }

    // A killed process leaves its cgroup a moment after it has left the list of processes.
    private void removeCgroups() throws InterruptedException {
        for (int round = 0; !cgroups.remove(host.cgroup()) && round < ROUNDS; round++) {
            cgroups.kill(host.cgroup());
            time.sleep(ROUND);
        }
    }
}
