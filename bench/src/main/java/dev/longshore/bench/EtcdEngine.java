package dev.longshore.bench;

import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A server that speaks etcd's API on a unix socket, in a process and a directory of its own, durable: Debian's etcd as
/// it is, or the embedded store in a JVM with the launcher's flags.
final class EtcdEngine implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final List<String> JVM = List.of(
            "-XX:+UseSerialGC",
            "-Xms96m",
            "-Xmn48m",
            "-Xmx2g",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dio.netty.allocator.type=pooled",
            // Else all that Netty has to say is written down, for want of a configuration.
            "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider");

    private final String name;
    private final Path directory;
    private final Path socket;
    private final List<String> command;
    private final Time time = Time.system();
    private Process process;

    private EtcdEngine(String name, Path directory, String socket, List<String> command) {
        this.name = name;
        this.directory = directory;
        this.socket = directory.resolve(socket);
        this.command = List.copyOf(command);
    }

    /// Debian's etcd: its socket is called as its address, in the directory that it runs in.
    static EtcdEngine debian(Path root) throws IOException {
        Path directory = Files.createDirectory(root.resolve("etcd"));
        String peers = "http://127.0.0.1:23809";
        return new EtcdEngine(
                "etcd",
                directory,
                "etcd:2379",
                List.of(
                        "/usr/bin/etcd",
                        "--data-dir=" + directory.resolve("data"),
                        "--listen-client-urls=unix://etcd:2379",
                        "--advertise-client-urls=unix://etcd:2379",
                        "--listen-peer-urls=" + peers,
                        "--initial-advertise-peer-urls=" + peers,
                        "--initial-cluster=default=" + peers,
                        // Its default of 2 GiB is near after a million keys and their history.
                        "--quota-backend-bytes=8589934592"));
    }

    /// The embedded store.
    static EtcdEngine embedded(Path root) throws IOException {
        Path directory = Files.createDirectory(root.resolve("longshore"));
        var command = new ArrayList<String>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(JVM);
        String further = System.getProperty("longshore.bench.jvm", "");
        if (!further.isEmpty()) {
            command.addAll(List.of(further.split(" ")));
        }
        command.add("-Djava.library.path=" + System.getProperty("java.library.path"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), StoreServer.class.getName()));
        command.add(directory.resolve("data").toString());
        command.add(directory.resolve("store.sock").toString());
        return new EtcdEngine("longshore", directory, "store.sock", command);
    }

    String name() {
        return name;
    }

    Path socket() {
        return socket;
    }

    long pid() {
        return process.pid();
    }

    /// The processor time that it has taken.
    Duration effort() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /// Starts it; returns after how many nanoseconds it answered.
    long start() throws IOException, InterruptedException {
        Files.deleteIfExists(socket);
        long begun = time.nanoTime();
        process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(directory.toFile(), "log")))
                .start();
        // Also when the benchmark is broken off.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        while (true) {
            try (GrpcClient client = client()) {
                client.call(EtcdCalls.RANGE, EtcdCalls.get("a"), Duration.ofSeconds(1));
                return time.nanoTime() - begun;
            } catch (GrpcException notYet) {
                if (!process.isAlive() || time.nanoTime() - begun > LIMIT.toNanos()) {
                    throw new IOException(
                            name + " did not start, and said: " + Files.readString(directory.resolve("log")), notYet);
                }
                time.sleep(Duration.ofMillis(20));
            }
        }
    }

    GrpcClient client() {
        return GrpcClient.to(socket);
    }

    /// What it takes on the disk, in bytes.
    long size() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("data"))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }

    @Override
    public void close() throws IOException {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
