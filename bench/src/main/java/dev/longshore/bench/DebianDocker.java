package dev.longshore.bench;

import dev.longshore.base.Time;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Debian's dockerd with files, socket and containerd of its own, that touches neither bridges nor packet filters.
record DebianDocker(Process process) implements DockerPackager.Server {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(50);

    /// Starts it under `directory`, listening at `socket`.
    static DebianDocker start(Path directory, Path socket) throws IOException, InterruptedException {
        Path log = directory.resolveSibling("dockerd.log");
        Process process = new ProcessBuilder(List.of(
                        "dockerd",
                        "--data-root=" + directory.resolve("data"),
                        "--exec-root=" + directory.resolve("exec"),
                        "--pidfile=" + directory.resolve("pid"),
                        "--host=unix://" + socket,
                        "--bridge=none",
                        "--iptables=false",
                        "--ip6tables=false",
                        "--ip-masq=false",
                        "--ip-forward=false"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var started = new DebianDocker(process);
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        var time = Time.system();
        long begun = time.nanoTime();
        while (!answers(socket)) {
            if (!process.isAlive() || time.nanoTime() - begun > LIMIT.toNanos()) {
                started.close();
                throw new IOException("dockerd does not start: see " + log);
            }
            time.sleep(LOOK);
        }
        return started;
    }

    private static boolean answers(Path socket) {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    /// dockerd and the containerd that it starts.
    @Override
    public List<Long> pids() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .map(ProcessHandle::pid)
                .toList();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
