package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.cli.ClusterOptions;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.ControlClient;
import dev.longshore.cli.DataDirectory;
import dev.longshore.server.backup.BackupContents;
import dev.longshore.server.backup.BackupException;
import dev.longshore.server.backup.BackupFile;
import dev.longshore.server.backup.BackupSummary;
import dev.longshore.server.backup.OutsideFile;
import dev.longshore.server.backup.Passphrase;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.StateView;
import dev.longshore.store.StoreException;
import dev.longshore.store.Stores;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `longshore backup FILE`: through the running server, or of a directory where none runs.
@Command(
        name = "backup",
        description = {
            "Writes what a control plane is made of into a file: the store at one revision, authorities and",
            "keys, the keys of what is stored encrypted, the cluster's id and addresses. A running server",
            "goes on meanwhile. `longshore restore` reads it (docs/disaster-recovery.md)."
        })
final class BackupCommand implements Callable<Integer> {

    private static final byte[] ENCRYPTED = "k8s:enc:".getBytes(StandardCharsets.US_ASCII);

    @Mixin
    private ClusterOptions cluster;

    @Parameters(paramLabel = "FILE", description = "where it goes, with mode 0600; one that is there is replaced")
    private Path file;

    @Mixin
    private PassphraseOption passphrase;

    @Option(
            names = AtRestFlags.NAME,
            paramLabel = "KEYS",
            description = "the EncryptionConfiguration, when no server runs that would know it")
    private Path encryption;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Logging.off();
        Optional<Passphrase> secret = passphrase.passphrase();
        try {
            tell(BackupFile.write(file, secret, this::fill), secret.isPresent());
            return 0;
        } catch (BackupException broken) {
            throw new CommandFailure(
                    "the server broke off, and no backup was made: see its log ("
                            + broken.fault().message() + ")",
                    broken);
        } catch (StoreException unreadable) {
            throw new CommandFailure("no backup was made: " + unreadable.getMessage(), unreadable);
        } catch (FileSystemException denied) {
            String why = denied.getReason() == null ? denied.getClass().getSimpleName() : denied.getReason();
            throw new CommandFailure("no backup was made: %s: %s".formatted(denied.getFile(), why), denied);
        } catch (IOException failed) {
            throw new CommandFailure("no backup was made: " + failed.getMessage(), failed);
        }
    }

    private void fill(OutputStream out) throws IOException {
        if (!new ControlClient(cluster.directory()).backup(out)) {
            fillWithoutServer(out);
        }
    }

    private void fillWithoutServer(OutputStream out) throws IOException {
        DataDirectory directory = cluster.directory();
        Optional<ClusterRecord> record = ClusterRecord.read(directory.clusterRecord());
        if (record.isEmpty() || !Files.isDirectory(directory.store())) {
            throw new CommandFailure("there is no cluster in %s: choose its directory with --data-dir or --name"
                    .formatted(directory.root()));
        }
        Time time = Time.system();
        List<OutsideFile> outside = encryption == null
                ? List.of()
                : List.of(new OutsideFile(AtRestFlags.NAME, encryption.toAbsolutePath()));
        DirectoryLock lock = DirectoryLock.take(directory);
        try (lock;
                EmbeddedStore store = Stores.embedded(directory.store(), time)) {
            if (encryption == null && holdsEncrypted(store)) {
                spec.commandLine()
                        .getErr()
                        .println("longshore: something is stored encrypted, and its keys will not be in this backup:"
                                + " name their file with " + AtRestFlags.NAME);
            }
            new BackupContents(directory, outside)
                    .write(store, record.get().id().value(), time.now(), out);
        }
    }

    private static boolean holdsEncrypted(EmbeddedStore store) {
        var found = new AtomicBoolean();
        try (StateView view = store.view()) {
            view.forEach(entry -> {
                byte[] value = entry.value();
                int length = Math.min(value.length, ENCRYPTED.length);
                if (Arrays.equals(value, 0, length, ENCRYPTED, 0, ENCRYPTED.length)) {
                    found.set(true);
                }
            });
        }
        return found.get();
    }

    private void tell(BackupSummary made, boolean isEncrypted) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        ClusterRecord record = made.cluster().orElseThrow();
        out.printf(
                "backup of cluster %s (%s) at revision %d: %d keys, %d bytes, in %s%n",
                record.name(),
                record.id(),
                made.state().revision(),
                made.state().keys(),
                Files.size(file),
                file);
        if (!isEncrypted) {
            out.println("it holds the cluster's keys: keep it as safe as them, or encrypt it with --passphrase-file");
        }
        out.flush();
    }
}
