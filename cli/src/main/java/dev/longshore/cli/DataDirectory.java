package dev.longshore.cli;

import java.nio.file.Path;

/// Where things lie in a cluster's data directory. `control` and `node` can be lost or restored one without the
/// other.
///
/// ```
/// DIR/kubeconfig        the admin's way in
///     longshore.pid     of the running server
///     longshore.sock    its control socket: status, down
///     docker.sock       Docker Engine API
///     logs/             the server's own log
///     control/          cluster.json, store/, pki/
///     node/             images/, runtime/, network/, kubelet/, dns/
/// ```
public record DataDirectory(Path root) {

    public DataDirectory {
        root = root.toAbsolutePath().normalize();
    }

    /// The name of a cluster that was not given one.
    public static final String DEFAULT_NAME = "longshore";

    /// Where the data of cluster `name` lies when nobody says otherwise.
    public static DataDirectory standard(String name) {
        Path base = Path.of("/var/lib");
        return new DataDirectory(base.resolve(name.equals(DEFAULT_NAME) ? "longshore" : "longshore-" + name));
    }

    /// The admin's kubeconfig.
    public Path kubeconfig() {
        return root.resolve("kubeconfig");
    }

    /// Holds the running server's process id.
    public Path pidFile() {
        return root.resolve("longshore.pid");
    }

    /// Locked by the running server.
    public Path lockFile() {
        return root.resolve("longshore.lock");
    }

    /// The server's control socket.
    public Path controlSocket() {
        return root.resolve("longshore.sock");
    }

    /// The Docker Engine API's socket.
    public Path dockerSocket() {
        return root.resolve("docker.sock");
    }

    /// The server's logs.
    public Path logs() {
        return root.resolve("logs");
    }

    /// Store, keys and what the cluster recorded of itself.
    public Path control() {
        return root.resolve("control");
    }

    /// The store's files.
    public Path store() {
        return control().resolve("store");
    }

    /// Keys and certificates.
    public Path pki() {
        return control().resolve("pki");
    }

    /// Backups that are taken every so often.
    public Path snapshots() {
        return root.resolve("snapshots");
    }

    /// Images, runtime state, volumes.
    public Path node() {
        return root.resolve("node");
    }

    /// What the first start chose for this cluster. It stands beside control/ and node/, since both need it.
    public Path clusterRecord() {
        return root.resolve("cluster.json");
    }
}
