package dev.longshore.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The program as it is built, started by `up` with a data directory of its own, ended by `down --purge`.
///
/// @param registryPort where its registry listens
record LongshoreCluster(Tool program, Path data, String name, int registryPort) implements DockerPackager.Server {

    /// Starts it.
    /// @param flags further ones of `up`
    static LongshoreCluster start(Path data, String name, int registryPort, String... flags)
            throws IOException, InterruptedException {
        Path home = Path.of(System.getProperty("longshore.home"));
        var program = new Tool(
                data.resolveSibling(name + ".log"),
                Map.of(),
                List.of(home.resolve("longshore").toString()));
        var cluster = new LongshoreCluster(program, data, name, registryPort);
        var command = new ArrayList<String>(List.of(
                "up",
                "--detach",
                "--data-dir",
                data.toString(),
                "--name",
                name,
                "--registry-port",
                Integer.toString(registryPort)));
        command.addAll(List.of(flags));
        program.run(command.toArray(String[]::new));
        return cluster;
    }

    Path socket() {
        return data.resolve("docker.sock");
    }

    @Override
    public List<Long> pids() throws IOException {
        return List.of(Long.parseLong(
                Files.readString(data.resolve("longshore.pid")).strip().split("\\s+")[0]));
    }

    @Override
    public void close() throws IOException {
        program.runAtEnd("down", "--purge", "--data-dir", data.toString(), "--name", name);
    }
}
