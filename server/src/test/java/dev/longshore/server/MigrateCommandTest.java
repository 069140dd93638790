package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Time;
import dev.longshore.cli.DataDirectory;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Key;
import dev.longshore.store.KeyValue;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.Stores;
import dev.longshore.store.Txn;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@EnabledIf("dev.longshore.server.ThreeEtcds#isInstalled")
class MigrateCommandTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Key KEY = Key.of("/registry/configmaps/default/a");
    /// Sealed values move as they are.
    private static final String VALUE = "k8s:enc:aesgcm:v1:key1:sealed";

    @TempDir
    private Path root;

    private record Ran(int status, String out, String err) {}

    @Test
    void aClusterIsMovedToEtcdAndBackAndNeverOntoAnother() throws Exception {
        var directory = new DataDirectory(Files.createDirectories(root.resolve("data")));
        new ClusterRecord(
                        ClusterId.random(new Random(7)),
                        "c",
                        "10.244.0.0/16",
                        "10.96.0.0/16",
                        "30000-32767",
                        6443,
                        0,
                        0)
                .write(directory.clusterRecord());
        long before;
        try (EmbeddedStore store = Stores.embedded(directory.store(), Time.system())) {
            store.commit(Txn.of(new Txn.Operation.Put(KEY, VALUE.getBytes(StandardCharsets.UTF_8))));
            before = store.revision();
        }
        Path back = root.resolve("back");
        try (var etcd = new ThreeEtcds(Files.createDirectories(root.resolve("etcd")))) {
            List<String> flags = etcd.flags();
            String address = flags.getFirst().replaceFirst("--store=", "");
            List<String> keys = flags.subList(1, flags.size());

            // Its members may not be of one mind yet: then nothing is moved.
            await().atMost(PATIENCE)
                    .until(() ->
                            run(directory.root().toString(), address, keys).out.startsWith("moved 1 keys;"));
            Ran again = run(directory.root().toString(), address, keys);
            assertThat(again.status).isNotZero();
            assertThat(again.err).contains("nothing can be moved: etcd is not empty");

            Ran home = run(address, back.toString(), keys);
            assertThat(home.err).isEmpty();
            assertThat(home.status).isZero();
            assertThat(run(address, back.toString(), keys).status)
                    .as("onto a cluster")
                    .isNotZero();
        }
        try (EmbeddedStore store = Stores.embedded(new DataDirectory(back).store(), Time.system())) {
            KeyValue moved = store.range(RangeQuery.of(KEY)).entries().getFirst();
            assertThat(new String(moved.value(), StandardCharsets.UTF_8)).isEqualTo(VALUE);
            assertThat(moved.modRevision()).isGreaterThan(before);
            assertThat(store.revision()).isGreaterThanOrEqualTo(moved.modRevision());
        }
    }

    private static Ran run(String from, String to, List<String> keys) {
        var line = new ArrayList<>(List.of("migrate", "--from", from, "--to", to));
        line.addAll(keys);
        CommandLine program = Main.commandLine();
        var out = new StringWriter();
        var err = new StringWriter();
        program.setOut(new PrintWriter(out, true));
        program.setErr(new PrintWriter(err, true));
        int status = program.execute(line.toArray(String[]::new));
        return new Ran(status, out.toString(), err.toString());
    }
}
