package dev.longshore.server;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Time;
import dev.longshore.cli.Versions;
import dev.longshore.linux.HostPaths;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.cri.server.CriServer;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node's runtime behind its CRI socket, for `crictl` and its like. A node whose socket cannot be opened does
/// without.
final class CriSocket implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CriSocket.class);

    private final Path socket;
    private final CriServer server;

    /// @param node the node's part of the data directory
    CriSocket(Path node, ClusterId cluster, String hostname, NodeRuntime runtime, Time time) {
        this.socket = path(node).toAbsolutePath();
        this.server = new CriServer(
                new CriServer.Settings(
                        socket,
                        Versions.LONGSHORE,
                        new HostPaths(cluster).cgroup(),
                        hostname,
                        node.resolve("images").toAbsolutePath(),
                        node.resolve("runtime").toAbsolutePath(),
                        node.resolve("unlogged").toAbsolutePath()),
                runtime,
                new SecureRandom(),
                time);
    }

    /// Where it is.
    static Path path(Path node) {
        return node.resolve("cri.sock");
    }

    void start() {
        try {
            server.start();
        } catch (IOException refused) {
            log.warn("no CRI socket at {}: {}", socket, refused.getMessage());
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
