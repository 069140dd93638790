package dev.longshore.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An engine behind the `docker` command, asked as its users ask it: the classic builder over the socket.
///
/// @param server what runs behind the socket
record DockerPackager(String name, Tool docker, Server server) implements Packager {

    /// The engine's processes.
    interface Server extends AutoCloseable {
        /// Their numbers.
        List<Long> pids() throws IOException;

        @Override
        void close() throws IOException;
    }

    /// The engine at the unix socket `socket`.
    static DockerPackager at(String name, String command, Path socket, Path log, Server server) {
        var environment = Map.of("DOCKER_HOST", "unix://" + socket, "DOCKER_BUILDKIT", "0");
        return new DockerPackager(name, new Tool(log, environment, List.of(command)), server);
    }

    @Override
    public void load(Path archive) throws IOException, InterruptedException {
        docker.run("load", "-i", archive.toString());
    }

    @Override
    public void build(Path context, String tag, String... options) throws IOException, InterruptedException {
        var arguments = new ArrayList<>(List.of("build", "--network", "none", "-t", tag));
        arguments.addAll(List.of(options));
        arguments.add(context.toString());
        docker.run(arguments);
    }

    @Override
    public void save(String tag, Path archive) throws IOException, InterruptedException {
        docker.run("save", "-o", archive.toString(), tag);
    }

    @Override
    public void push(String tag, String address) throws IOException, InterruptedException {
        docker.run("tag", tag, address);
        docker.run("push", address);
    }

    @Override
    public void remove(String... names) throws IOException, InterruptedException {
        for (String each : names) {
            docker.run("rmi", "-f", each);
        }
        // Steps of builds keep layers, too.
        docker.run("builder", "prune", "-a", "-f");
        docker.run("image", "prune", "-f");
    }

    @Override
    public void pull(String address) throws IOException, InterruptedException {
        docker.run("pull", address);
    }

    @Override
    public List<Long> servers() throws IOException {
        return server.pids();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
