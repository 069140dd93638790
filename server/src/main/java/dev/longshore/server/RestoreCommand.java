package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.cli.ClusterOptions;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.DataDirectory;
import dev.longshore.server.backup.BackupException;
import dev.longshore.server.backup.BackupSummary;
import dev.longshore.server.backup.Passphrase;
import dev.longshore.server.backup.Restoration;
import dev.longshore.server.config.ClusterRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `longshore restore FILE`.
@Command(
        name = "restore",
        description = {
            "Makes DIR/control of a backup, or of what `etcdctl snapshot save` took from this store. The server",
            "must not run, and DIR/control must not be there or be empty; DIR/node stays as it is, and the next",
            "`longshore up` takes over the containers that run (docs/disaster-recovery.md)."
        })
final class RestoreCommand implements Callable<Integer> {

    @Mixin
    private ClusterOptions cluster;

    @Parameters(paramLabel = "FILE", description = "of `longshore backup`, DIR/snapshots or `etcdctl snapshot save`")
    private Path file;

    @Mixin
    private PassphraseOption passphrase;

    @Option(
            names = "--bump-revision",
            paramLabel = "N",
            defaultValue = "" + Restoration.USUAL_BUMP,
            description = "how many revisions the store skips, which must be more than were given out since the"
                    + " backup (default: 1000000000)")
    private long bump;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Logging.off();
        if (bump < 1) {
            throw new CommandFailure("--bump-revision: at least 1, or revisions would be given out twice");
        }
        Optional<Passphrase> secret = passphrase.passphrase();
        DataDirectory directory = cluster.directory();
        if (!Files.isRegularFile(file)) {
            throw new CommandFailure("there is no file " + file);
        }
        DirectoryLock lock = DirectoryLock.take(directory);
        try (lock) {
            boolean hadRecord = Files.exists(directory.clusterRecord());
            var restoration = new Restoration(directory, Time.system());
            BackupSummary restored = restoration.restore(file, secret, bump);
            tell(directory, restoration, restored, hadRecord);
            return 0;
        } catch (BackupException unusable) {
            throw new CommandFailure(
                    "nothing was restored from %s: %s"
                            .formatted(file, unusable.fault().message()),
                    unusable);
        } catch (FileSystemException denied) {
            String why = denied.getReason() == null ? denied.getClass().getSimpleName() : denied.getReason();
            throw new CommandFailure("nothing was restored: %s: %s".formatted(denied.getFile(), why), denied);
        } catch (IOException failed) {
            throw new CommandFailure("nothing was restored: " + failed.getMessage(), failed);
        }
    }

    private void tell(DataDirectory directory, Restoration restoration, BackupSummary restored, boolean hadRecord) {
        PrintWriter out = spec.commandLine().getOut();
        long revision = restored.state().revision();
        String of = restored.cluster().map(RestoreCommand::title).orElse("the store");
        String when = restored.taken().map(taken -> ", taken at " + taken).orElse("");
        out.printf(
                "restored %s: %d keys of revision %d%s; it goes on after revision %d%n",
                of, restored.state().keys(), revision, when, revision + bump);
        if (!restored.isWhole()) {
            tellWhatIsMissing(directory, hadRecord, out);
        }
        for (int i = 0; i < restored.outside().size(); i++) {
            var outside = restored.outside().get(i);
            out.printf(
                    "the file of %s, %s, is in %s: put it back there, or name it so%n",
                    outside.flag(), outside.path(), restoration.outside(i));
        }
        out.printf("start it with: longshore up --data-dir %s%n", directory.root());
        out.flush();
    }

    private static String title(ClusterRecord record) {
        return "cluster %s (%s)".formatted(record.name(), record.id());
    }

    /// A snapshot of the store has nothing else.
    private static void tellWhatIsMissing(DataDirectory directory, boolean hadRecord, PrintWriter out) {
        if (Files.isDirectory(directory.pki())) {
            out.printf("it holds no keys: those in %s stay%n", directory.pki());
        } else {
            out.println(
                    "it holds no keys, so that the next start makes new authorities: kubeconfigs, client certificates"
                            + " and tokens that were given out before are refused then, and pods get new tokens when they"
                            + " start again");
        }
        if (!hadRecord) {
            out.printf(
                    "there is no %s: the next start chooses the cluster's id and addresses anew, and Services whose"
                            + " addresses lie elsewhere must be made anew%n",
                    directory.clusterRecord());
        }
    }
}
