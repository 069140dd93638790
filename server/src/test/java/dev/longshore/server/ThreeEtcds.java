package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.server.pki.CertificateRequest;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Terms;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Three members of Debian's etcd on loopback, which let in those who show a certificate.
final class ThreeEtcds implements AutoCloseable {

    private final Path directory;
    private final List<Member> members = new ArrayList<>();

    private record Place(String name, int clients, int peers) {}

    private static final class Member {
        private final Place place;
        private Process process;

        Member(Place place) {
            this.place = place;
        }
    }

    static boolean isInstalled() {
        return Files.isExecutable(Path.of("/usr/bin/etcd"));
    }

    /// Started, but perhaps not yet of one mind.
    ThreeEtcds(Path directory) throws IOException {
        this.directory = directory;
        var keys = new ClusterKeys(directory.resolve("keys"), Time.system(), Terms.USUAL, new SecureRandom());
        keys.identity(keys.etcdAuthority(), "etcd/server", CertificateRequest.server("etcd", List.of("127.0.0.1")));
        keys.identity(keys.etcdAuthority(), "etcd/client", CertificateRequest.client("longshore"));
        for (int i = 0; i < 3; i++) {
            members.add(new Member(new Place("m" + i, FreePort.any(), FreePort.any())));
        }
        for (int i = 0; i < 3; i++) {
            start(i);
        }
    }

    /// What `up` is told of them.
    List<String> flags() {
        String hosts = members.stream()
                .map(member -> "127.0.0.1:" + member.place.clients)
                .collect(Collectors.joining(","));
        return List.of(
                "--store=etcd://" + hosts,
                "--etcd-cafile=" + key("ca.crt"),
                "--etcd-certfile=" + key("client.crt"),
                "--etcd-keyfile=" + key("client.key"));
    }

    private Path key(String name) {
        return directory.resolve("keys").resolve("etcd").resolve(name);
    }

    void start(int index) throws IOException {
        Place place = members.get(index).place;
        String peers = "http://127.0.0.1:" + place.peers;
        members.get(index).process = new ProcessBuilder(
                        "/usr/bin/etcd",
                        "--name=" + place.name,
                        "--data-dir=" + directory.resolve(place.name),
                        "--cert-file=" + key("server.crt"),
                        "--key-file=" + key("server.key"),
                        "--trusted-ca-file=" + key("ca.crt"),
                        "--client-cert-auth=true",
                        "--listen-client-urls=https://127.0.0.1:" + place.clients,
                        "--advertise-client-urls=https://127.0.0.1:" + place.clients,
                        "--listen-peer-urls=" + peers,
                        "--initial-advertise-peer-urls=" + peers,
                        "--initial-cluster="
                                + members.stream()
                                        .map(member -> member.place.name + "=http://127.0.0.1:" + member.place.peers)
                                        .collect(Collectors.joining(",")))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(directory.toFile(), place.name + ".log")))
                .start();
    }

    /// With SIGKILL.
    void kill(int index) throws InterruptedException {
        Process process = members.get(index).process;
        process.destroyForcibly();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("etcd does not die");
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < members.size(); i++) {
            try {
                kill(i);
            } catch (InterruptedException hurried) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
