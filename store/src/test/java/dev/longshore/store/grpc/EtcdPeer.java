package dev.longshore.store.grpc;

import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.store.etcd.FreePort;
import dev.longshore.store.grpc.proto.StatusRequest;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Debian's etcd, alone, in a directory, on loopback.
final class EtcdPeer implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Process process;
    private final InetSocketAddress address;

    private EtcdPeer(Process process, InetSocketAddress address) {
        this.process = process;
        this.address = address;
    }

    static boolean isInstalled() {
        return Files.isExecutable(Path.of("/usr/bin/etcd"));
    }

    /// Returns when it answers.
    static EtcdPeer start(Path directory, String... flags) throws IOException, InterruptedException {
        var clients = new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.any());
        String url = "http://127.0.0.1:" + clients.getPort();
        String peers = "http://127.0.0.1:" + FreePort.any();
        var command = new ArrayList<>(List.of(
                "/usr/bin/etcd",
                "--data-dir=" + directory.resolve("etcd"),
                "--listen-client-urls=" + url,
                "--advertise-client-urls=" + url,
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=default=" + peers));
        command.addAll(List.of(flags));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(new File(directory.toFile(), "etcd.log"))
                .start();
        var peer = new EtcdPeer(process, clients);
        peer.awaitAnswer();
        return peer;
    }

    GrpcClient client() {
        return GrpcClient.to(address);
    }

    private void awaitAnswer() throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        try (GrpcClient client = client()) {
            while (true) {
                try {
                    client.call(MemberCalls.STATUS, StatusRequest.getDefaultInstance(), LIMIT);
                    return;
                } catch (GrpcException notYet) {
                    if (System.nanoTime() > end || !process.isAlive()) {
                        close();
                        throw notYet;
                    }
                    Thread.sleep(50);
                }
            }
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
