package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.cli.DataDirectory;
import dev.longshore.server.backup.BackupContents;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Terms;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Key;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.Stores;
import dev.longshore.store.Txn;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BackupCommandTest {

    private final ClusterRecord cluster = new ClusterRecord(
            ClusterId.random(new Random(7)), "c", "10.244.0.0/16", "10.96.0.0/16", "30000-32767", 6443, 0, 0);

    @TempDir
    private Path root;

    private DataDirectory directory;
    private Path file;

    private record Ran(int status, String out, String err) {}

    @BeforeEach
    void make() throws IOException {
        directory = new DataDirectory(root.resolve("data"));
        file = root.resolve("backup");
        Files.createDirectories(directory.root());
        cluster.write(directory.clusterRecord());
        new ClusterKeys(directory.pki(), Time.system(), Terms.USUAL, new SecureRandom()).authority();
        try (EmbeddedStore store = open()) {
            put(store, "/registry/a", "plain");
        }
    }

    @Test
    void aRunningServerIsBackedUpWhileItIsWrittenTo() throws Exception {
        try (EmbeddedStore store = open();
                var control = control(Optional.of(store))) {
            control.start(directory.controlSocket());
            Thread writer = Thread.ofVirtual().start(() -> {
                for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                    put(store, "/registry/" + i, "x");
                }
            });
            Ran ran = run("backup", file.toString());
            writer.interrupt();
            writer.join();

            assertThat(ran.err).isEmpty();
            assertThat(ran.out)
                    .contains("backup of cluster c (" + cluster.id() + ") at revision ")
                    .contains("it holds the cluster's keys");
        }
        moveAway();
        assertThat(run("restore", file.toString()).status).isZero();
        try (EmbeddedStore store = open()) {
            assertThat(store.revision()).isGreaterThan(1_000_000_000);
            assertThat(store.range(RangeQuery.of(Key.of("/registry/a"))).count())
                    .isOne();
        }
    }

    @Test
    void aServerThatStartsSaysSo() throws IOException {
        try (var control = control(Optional.empty())) {
            control.start(directory.controlSocket());

            assertThat(run("backup", file.toString()).err)
                    .startsWith("longshore: the server is still starting: try again in a moment");
            assertThat(file).doesNotExist();
        }
    }

    @Test
    void aServerThatBreaksOffLeavesNothing() throws IOException {
        EmbeddedStore store = open();
        try (var control = control(Optional.of(store))) {
            control.start(directory.controlSocket());
            store.close();

            Ran ran = run("backup", file.toString());
            assertThat(ran.status).isEqualTo(1);
            assertThat(ran.err).startsWith("longshore: ").contains("no backup was made");
            assertThat(root).isDirectoryNotContaining("glob:**{backup,partial}");
        }
    }

    @Test
    void withoutAServerTheDirectoryItselfIsBackedUp() {
        Ran made = run("backup", file.toString());

        assertThat(made.err).isEmpty();
        assertThat(made.out).contains("at revision 2: 1 keys");
        Ran refused = run("restore", file.toString());
        assertThat(refused.status).isEqualTo(1);
        assertThat(refused.err).contains("there is a store in ").contains("move ");
    }

    @Test
    void keysThatWouldBeMissingAreMissed() throws IOException {
        try (EmbeddedStore store = open()) {
            put(store, "/registry/secrets/b", "k8s:enc:aesgcm:v1:k:…");
        }
        Path keys = Files.writeString(root.resolve("keys.yaml"), "the keys");

        assertThat(run("backup", file.toString()).err).contains("its keys will not be in this backup");
        assertThat(run("backup", file.toString(), "--encryption-provider-config", keys.toString()).err)
                .isEmpty();
        moveAway();
        Ran restored = run("restore", file.toString());
        Path kept = directory.control().resolve("restored/0");
        assertThat(restored.out).contains("the file of --encryption-provider-config, " + keys + ", is in " + kept);
        assertThat(kept).content().isEqualTo("the keys");
    }

    @Test
    void aPassphraseIsAskedForAndNeverShown() throws IOException {
        Path secret = Files.writeString(root.resolve("secret"), "sesame\n");
        Path other = Files.writeString(root.resolve("other"), "wrong\n");
        Ran made = run("backup", file.toString(), "--passphrase-file", secret.toString());
        assertThat(made.out).contains("backup of cluster c").doesNotContain("keep it as safe", "sesame");
        moveAway();

        assertThat(run("restore", file.toString()).err)
                .isEqualTo("longshore: nothing was restored from " + file
                        + ": it is encrypted: give the file with its passphrase by --passphrase-file\n");
        assertThat(run("restore", file.toString(), "--passphrase-file", other.toString()).err)
                .contains("the passphrase is not the one it was encrypted with");
        assertThat(directory.control()).doesNotExist();
        assertThat(run("restore", file.toString(), "--passphrase-file", secret.toString()).status)
                .isZero();
        assertThat(directory.pki().resolve("ca.key")).exists();
    }

    @Test
    void whatCannotBeDoneIsOneLine() {
        assertThat(run("restore", root.resolve("none").toString()).err)
                .isEqualTo("longshore: there is no file " + root.resolve("none") + "\n");
        assertThat(run("backup", root.resolve("no/where").toString()).err)
                .isEqualTo("longshore: no backup was made: " + root.resolve("no") + ": there is no such directory\n");
        assertThat(execute(
                                "backup",
                                file.toString(),
                                "--data-dir",
                                root.resolve("x").toString())
                        .err)
                .contains("there is no cluster in " + root.resolve("x"));
        assertThat(root.resolve("x")).doesNotExist();
        assertThat(run("restore", file.toString(), "--bump-revision", "0").err).contains("--bump-revision: at least 1");
    }

    private ControlSocket control(Optional<EmbeddedStore> store) {
        var backups = new BackupRoute(() -> store, cluster, new BackupContents(directory, List.of()), Time.system());
        return new ControlSocket(
                Json::object, () -> {}, null, new CertificateRoutes(Optional::empty), backups, () -> null);
    }

    private EmbeddedStore open() {
        return Stores.embedded(directory.store(), Time.system());
    }

    private static void put(EmbeddedStore store, String key, String value) {
        store.commit(Txn.of(new Txn.Operation.Put(Key.of(key), value.getBytes(StandardCharsets.UTF_8))));
    }

    private void moveAway() throws IOException {
        Files.move(directory.control(), root.resolve("control.old"));
    }

    private Ran run(String... args) {
        var all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--data-dir", directory.root().toString()));
        return execute(all.toArray(String[]::new));
    }

    private static Ran execute(String... args) {
        CommandLine line = Main.commandLine();
        var out = new StringWriter();
        var err = new StringWriter();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        int status = line.execute(args);
        return new Ran(status, out.toString(), err.toString());
    }
}
