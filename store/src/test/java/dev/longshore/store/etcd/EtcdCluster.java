package dev.longshore.store.etcd;

import dev.longshore.base.Time;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import dev.longshore.store.Store;
import dev.longshore.store.Txn;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Members of Debian's etcd on loopback, which may be killed and started again.
public final class EtcdCluster implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final KeyRange ALL = new KeyRange(Key.of(""), Optional.empty());

    private final List<Member> members;

    private EtcdCluster(List<Member> members) {
        this.members = members;
    }

    public static boolean isInstalled() {
        return Files.isExecutable(Path.of("/usr/bin/etcd"));
    }

    /// Returns when it answers.
    public static EtcdCluster start(int size, Path directory) throws IOException {
        var members = new ArrayList<Member>();
        for (int i = 0; i < size; i++) {
            members.add(new Member("m" + i, FreePort.any(), FreePort.any(), directory));
        }
        var cluster = new EtcdCluster(members);
        for (int i = 0; i < size; i++) {
            cluster.start(i);
        }
        cluster.open().close();
        return cluster;
    }

    /// Where it is.
    public String address() {
        return EtcdConfig.SCHEME
                + members.stream().map(member -> "127.0.0.1:" + member.clients).collect(Collectors.joining(","));
    }

    /// A store in it, as soon as it answers.
    public EtcdStore open() {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                return EtcdStore.open(config(), () -> 0, Time.system());
            } catch (dev.longshore.store.StoreException notYet) {
                if (System.nanoTime() > end) {
                    throw notYet;
                }
            }
        }
    }

    public EtcdConfig config() {
        return new EtcdConfig(EtcdConfig.endpoints(address()), Optional.empty());
    }

    /// A store that looks as if nobody had ever written to it, for which all is deleted.
    public Store fresh() {
        try (EtcdStore whole = open()) {
            whole.commit(Txn.of(new Txn.Operation.Delete(ALL, false)));
            for (long lease : List.of(1L, 2L, 42L)) {
                try {
                    whole.revoke(lease);
                } catch (dev.longshore.store.StoreException none) {
                    // As it should be.
                }
            }
            long by = 1 - whole.revision();
            return new EtcdStore(new EtcdMembers(config(), 0, Time.system()), new RevisionShift(by), Time.system());
        }
    }

    /// Starts a member that does not run.
    public void start(int index) throws IOException {
        members.get(index).start(members);
    }

    /// With SIGKILL.
    public void kill(int index) throws InterruptedException {
        members.get(index).kill();
    }

    @Override
    public void close() {
        for (Member member : members) {
            try {
                member.kill();
            } catch (InterruptedException hurried) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static final class Member {

        private final String name;
        private final int clients;
        private final int peers;
        private final Path directory;
        private Process process;

        Member(String name, int clients, int peers, Path directory) {
            this.name = name;
            this.clients = clients;
            this.peers = peers;
            this.directory = directory;
        }

        void start(List<Member> all) throws IOException {
            String url = "http://127.0.0.1:" + clients;
            String peerUrl = "http://127.0.0.1:" + peers;
            String cluster = all.stream()
                    .map(member -> member.name + "=http://127.0.0.1:" + member.peers)
                    .collect(Collectors.joining(","));
            process = new ProcessBuilder(
                            "/usr/bin/etcd",
                            "--name=" + name,
                            "--data-dir=" + directory.resolve(name),
                            "--listen-client-urls=" + url,
                            "--advertise-client-urls=" + url,
                            "--listen-peer-urls=" + peerUrl,
                            "--initial-advertise-peer-urls=" + peerUrl,
                            "--initial-cluster=" + cluster)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(directory.toFile(), name + ".log")))
                    .start();
        }

        void kill() throws InterruptedException {
            process.destroyForcibly();
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + " does not die");
            }
        }
    }
}
