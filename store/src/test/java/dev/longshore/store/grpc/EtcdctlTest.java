package dev.longshore.store.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.Stores;
import dev.longshore.store.Txn;
import dev.longshore.store.grpc.proto.SnapshotRequest;
import dev.longshore.store.snapshot.SnapshotSummary;
import dev.longshore.store.snapshot.Snapshots;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Debian's `etcdctl` against the embedded engine.
class EtcdctlTest {

    private static final Path PROGRAM = Path.of("/usr/bin/etcdctl");
    private static final long LIMIT = 30;

    @TempDir
    private Path directory;

    private EmbeddedStore store;
    private GrpcServer server;
    private final List<Process> left = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(PROGRAM).as("etcdctl is installed").isExecutable();
        }
        assumeThat(Files.isExecutable(PROGRAM)).as("etcdctl is installed").isTrue();
        store = Stores.embedded(directory.resolve("store"), Time.system());
        var member = new EtcdMember(0xabc, 0xdef, "longshore", "http://127.0.0.1:2379");
        server = GrpcServer.listen(directory.resolve("etcd.sock"), EtcdFace.services(store, member));
    }

    @AfterEach
    void stop() {
        left.forEach(Process::destroyForcibly);
        if (server != null) {
            server.close();
            store.close();
        }
    }

    private Process begin(String... arguments) throws IOException {
        var command =
                new ArrayList<>(List.of(PROGRAM.toString(), "--endpoints=unix://" + directory.resolve("etcd.sock")));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("ETCDCTL_API", "3");
        Process process = builder.start();
        left.add(process);
        return process;
    }

    /// What it prints; it must succeed.
    private String ctl(String... arguments) throws IOException, InterruptedException {
        return ctlWith("", 0, arguments);
    }

    private String ctlWith(String input, int code, String... arguments) throws IOException, InterruptedException {
        Process process = begin(arguments);
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(LIMIT, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isEqualTo(code);
        return output;
    }

    private static String line(Process process) throws IOException {
        var line = new StringBuilder();
        for (int next = process.getInputStream().read();
                next >= 0 && next != '\n';
                next = process.getInputStream().read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    @Test
    void putsGetsAndDeletes() throws IOException, InterruptedException {
        assertThat(ctl("put", "a", "1")).isEqualTo("OK\n");
        ctl("put", "b", "2");
        ctl("put", "b", "3");
        ctl("put", "c", "4");

        assertThat(ctl("get", "b")).isEqualTo("b\n3\n");
        assertThat(ctl("get", "b", "--rev=3")).isEqualTo("b\n2\n");
        assertThat(ctl("get", "", "--prefix", "--keys-only")).isEqualTo("a\n\nb\n\nc\n\n");
        assertThat(ctl("get", "", "--prefix", "--print-value-only", "--order=DESCEND", "--sort-by=MODIFY"))
                .isEqualTo("4\n3\n1\n");
        assertThat(ctl("get", "b", "--from-key", "--limit=1")).isEqualTo("b\n3\n");
        assertThat(ctl("get", "", "--prefix", "--write-out=fields")).contains("\"Count\" : 3");
        assertThat(ctl("del", "b", "--prev-kv")).isEqualTo("1\nb\n3\n");
        assertThat(ctl("get", "b")).isEmpty();
        assertThat(ctlWith("", 1, "get", "b", "--rev=99")).contains("required revision is a future revision");
    }

    @Test
    void runsTransactions() throws IOException, InterruptedException {
        ctl("put", "a", "1");
        String transaction = "value(\"a\") = \"1\"\n\nput b yes\nget a\n\nput b no\n\n";
        assertThat(ctlWith(transaction, 0, "txn")).isEqualTo("SUCCESS\n\nOK\n\na\n1\n");
        assertThat(ctl("get", "b", "--print-value-only")).isEqualTo("yes\n");
    }

    @Test
    void watchesFromARevision() throws IOException, InterruptedException {
        ctl("put", "a", "1");
        Process watch = begin("watch", "a", "--rev=2", "--prev-kv");
        assertThat(List.of(line(watch), line(watch), line(watch))).containsExactly("PUT", "a", "1");
        ctl("del", "a");
        assertThat(List.of(line(watch), line(watch), line(watch), line(watch)))
                .containsExactly("DELETE", "a", "1", "a");
        ctl("put", "b", "2");
        ctl("compaction", "4");
        Process late = begin("watch", "a", "--rev=2");
        assertThat(new String(late.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("required revision has been compacted");
    }

    @Test
    void holdsLeases() throws IOException, InterruptedException {
        String granted = ctl("lease", "grant", "300");
        assertThat(granted).matches("lease [0-9a-f]{16} granted with TTL\\(300s\\)\n");
        String id = granted.split(" ")[1];
        ctl("put", "--lease=" + id, "leased", "x");

        assertThat(ctl("lease", "timetolive", id, "--keys"))
                .matches("lease " + id
                        + " granted with TTL\\(300s\\), remaining\\((299|300)s\\), attached keys\\(\\[leased\\]\\)\n");
        assertThat(ctl("lease", "keep-alive", "--once", id)).isEqualTo("lease " + id + " keepalived with TTL(300)\n");
        assertThat(ctl("lease", "list")).contains(id);
        assertThat(ctl("lease", "revoke", id)).isEqualTo("lease " + id + " revoked\n");
        assertThat(ctl("get", "leased")).isEmpty();
        assertThat(ctl("lease", "timetolive", id)).isEqualTo("lease " + id + " already expired\n");
        assertThat(ctlWith("", 1, "lease", "revoke", id)).contains("requested lease not found");
    }

    @Test
    void looksAfterTheStore() throws IOException, InterruptedException {
        ctl("put", "a", "1");
        ctl("put", "a", "2");
        assertThat(ctl("compaction", "3", "--physical")).isEqualTo("compacted revision 3\n");
        assertThat(ctl("defrag")).contains("Finished defragmenting etcd member");
        assertThat(ctl("endpoint", "health")).contains("is healthy");
        assertThat(ctl("endpoint", "status", "--write-out=fields"))
                .contains("\"Revision\" : 3", "\"Version\" : \"3.4.0\"", "\"Leader\" : 3567");
        assertThat(ctl("endpoint", "hashkv", "--write-out=json")).contains("\"compact_revision\":3");
        assertThat(ctl("alarm", "list")).isEmpty();
        assertThat(ctl("member", "list")).startsWith("def, started, longshore,");
        assertThat(ctlWith("", 1, "member", "remove", "def")).contains("Unimplemented");
    }

    @Test
    void savesSnapshots() throws IOException, InterruptedException {
        for (int i = 0; i < 40; i++) {
            store.commit(Txn.of(new Txn.Operation.Put(Key.of("key" + i), new byte[10_000 + i])));
        }
        Path file = directory.resolve("snapshot.db");
        assertThat(ctl("snapshot", "save", file.toString())).contains("Snapshot saved at " + file);

        assertThat(Files.size(file) % 512).isEqualTo(32);
        try (InputStream in = Files.newInputStream(file)) {
            SnapshotSummary summary = Snapshots.check(in);
            assertThat(summary.keys()).isEqualTo(40);
            assertThat(summary.revision()).isEqualTo(store.revision());
        }
        Path restored = directory.resolve("restored");
        try (InputStream in = Files.newInputStream(file)) {
            Snapshots.restore(in, restored, 1000, Time.system());
        }
        try (EmbeddedStore again = Stores.embedded(restored, Time.system())) {
            var everything = RangeQuery.of(KeyRange.prefix(Key.of("")));
            assertThat(again.range(everything).entries())
                    .usingRecursiveComparison()
                    .isEqualTo(store.range(everything).entries());
            assertThat(again.revision()).isEqualTo(store.revision() + 1000);
        }
    }

    @Test
    void aSnapshotSaysFromTheBeginningHowLargeItIs() throws InterruptedException {
        store.commit(Txn.of(new Txn.Operation.Put(Key.of("large"), new byte[200_000])));
        var sizes = new ArrayList<Integer>();
        var left = new ArrayList<Long>();
        try (GrpcClient client = GrpcClient.to(directory.resolve("etcd.sock"));
                var answers = client.ask(
                        MemberCalls.SNAPSHOT, SnapshotRequest.getDefaultInstance(), Duration.ofSeconds(LIMIT))) {
            for (var next = answers.receive(); next.isPresent(); next = answers.receive()) {
                sizes.add(next.get().getBlob().size());
                left.add(next.get().getRemainingBytes());
            }
        }
        assertThat(left).hasSizeGreaterThan(3).last().isEqualTo(0L);
        assertThat(left.getFirst())
                .isEqualTo(sizes.stream().skip(1).mapToLong(Integer::longValue).sum());
    }

    @Test
    void locksAndElects() throws IOException, InterruptedException {
        Process holder = begin("lock", "mutex");
        assertThat(line(holder)).startsWith("mutex/");
        Process waiting = begin("lock", "mutex", "true");
        assertThat(waiting.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
        holder.destroy();
        assertThat(waiting.waitFor(LIMIT, TimeUnit.SECONDS)).isTrue();
        assertThat(waiting.exitValue()).isZero();

        Process leader = begin("elect", "office", "me");
        assertThat(line(leader)).startsWith("office/");
        assertThat(line(leader)).isEqualTo("me");
        Process observer = begin("elect", "-l", "office");
        var seen = new BufferedReader(new InputStreamReader(observer.getInputStream(), StandardCharsets.UTF_8));
        assertThat(seen.readLine()).startsWith("office/");
        assertThat(seen.readLine()).isEqualTo("me");
    }
}
