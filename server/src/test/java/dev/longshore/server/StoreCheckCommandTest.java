package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Time;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.DataDirectory;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Key;
import dev.longshore.store.Quota;
import dev.longshore.store.Stores;
import dev.longshore.store.Txn;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StoreCheckCommandTest {

    @TempDir
    private Path root;

    private DataDirectory directory;

    private record Ran(int status, String out, String err) {}

    @BeforeEach
    void fill() {
        directory = new DataDirectory(root.resolve("data"));
        try (EmbeddedStore store = Stores.embedded(directory.store(), Time.system())) {
            store.commit(Txn.of(new Txn.Operation.Put(Key.of("a"), new byte[1000])));
        }
    }

    @Test
    void aStoreThatIsWellIsSaidToBeSo() {
        Ran ran = check();

        assertThat(ran.status).isZero();
        assertThat(ran.out).contains("1 keys, 1 versions, revision 2").endsWith("the store is well\n");
    }

    @Test
    void aDamagedOneIsRefusedAtTheStartWithWhatToDo() throws IOException {
        damage();
        Ran ran = check();
        assertThat(ran.status).isEqualTo(4);
        assertThat(ran.out)
                .contains("damaged: ", " has a record that does not fit its checksum, at byte 0")
                .contains("restore a backup: mv " + directory.control());

        Files.createDirectories(directory.snapshots());
        Files.createFile(directory.snapshots().resolve("longshore-20261125T120000Z.backup"));
        Path newest = Files.createFile(directory.snapshots().resolve("longshore-20261126T120000Z.backup"));
        assertThatThrownBy(() -> StoreOpening.open(directory, Quota.USUAL, Time.system()))
                .isInstanceOf(CommandFailure.class)
                .hasMessageStartingWith("the store is damaged: ")
                .hasMessageContaining("nothing of it is served")
                .hasMessageContaining("longshore restore " + newest + " --data-dir " + directory.root());
    }

    @Test
    void whereNoStoreIsNoneIsMade() {
        Ran ran = execute("store", "check", "--data-dir", root.resolve("x").toString());

        assertThat(ran.status).isEqualTo(1);
        assertThat(ran.err).startsWith("longshore: there is no store in " + root.resolve("x"));
        assertThat(root.resolve("x")).doesNotExist();
    }

    private void damage() throws IOException {
        try (Stream<Path> files = Files.list(directory.store())) {
            Path log = files.filter(file -> file.toString().endsWith(".log"))
                    .filter(file -> file.toFile().length() > 0)
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(log);
            bytes[20] ^= 1;
            Files.write(log, bytes);
        }
    }

    private Ran check() {
        return execute("store", "check", "--data-dir", directory.root().toString());
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
