package dev.longshore.linux;

import dev.longshore.base.ClusterId;
import java.nio.file.Path;

/// Where a cluster's things are on the host: every name carries the cluster's id, so all of it can be found,
/// and taken away, from the id alone.
///
/// @param cluster whose
public record HostPaths(ClusterId cluster) {

    private static final Path LOGIND_CONFIGURATION = Path.of("/etc/systemd/logind.conf.d");
    private static final Path NETWORK_NAMESPACES = Path.of("/run/netns");

    /// What every name begins with.
    public String prefix() {
        return "longshore-" + cluster;
    }

    /// The private mount that holds what must not outlive the host's uptime.
    public Path run() {
        return Path.of("/run", prefix());
    }

    /// Pins the cluster's mount namespace.
    public Path mountNamespace() {
        return run().resolve("mnt");
    }

    /// A shared mount: what is mounted here shows in the cluster's mount namespace too.
    public Path pins() {
        return run().resolve("ns");
    }

    /// Below [#pins]: layers of images as pods with a user namespace see them, while their containers start.
    public Path mappedLayers() {
        return pins().resolve("layers");
    }

    /// Where root file systems of such pods are mounted: everybody may pass through, which is not so of data
    /// directories.
    public Path mappedRoots() {
        return run().resolve("roots");
    }

    /// Where `ip netns` keeps names.
    public Path networkNamespaces() {
        return NETWORK_NAMESPACES;
    }

    /// Pins the network namespace that the cluster calls `name`.
    public Path networkNamespace(String name) {
        return NETWORK_NAMESPACES.resolve(prefix() + "-" + name);
    }

    /// By which logind is told to wait longer, while pods end before the machine goes down.
    public Path logindDelay() {
        return LOGIND_CONFIGURATION.resolve("99-" + prefix() + ".conf");
    }

    /// The cgroup above all others of the cluster, relative to a hierarchy's root.
    public String cgroup() {
        return prefix();
    }
}
