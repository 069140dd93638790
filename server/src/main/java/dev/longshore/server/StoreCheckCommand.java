package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.cli.ClusterOptions;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.DataDirectory;
import dev.longshore.store.StoreReport;
import dev.longshore.store.Stores;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `longshore store check`. Exits with 4 when the store is damaged.
@Command(
        name = "check",
        description = {
            "Reads every byte of a store whose server does not run, and changes nothing: each file by its",
            "checksums, and whether what is in it fits together. Exits with 4 when it is damaged."
        })
final class StoreCheckCommand implements Callable<Integer> {

    private static final int DAMAGED = 4;

    @Mixin
    private ClusterOptions cluster;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Logging.off();
        DataDirectory directory = cluster.directory();
        if (!Files.isDirectory(directory.store())) {
            throw new CommandFailure("there is no store in %s: choose its directory with --data-dir or --name"
                    .formatted(directory.root()));
        }
        DirectoryLock lock = DirectoryLock.take(directory);
        try (lock) {
            StoreReport report = Stores.check(directory.store(), Time.system());
            tell(directory, report);
            return report.isWell() ? 0 : DAMAGED;
        } catch (IOException unreadable) {
            throw new CommandFailure("cannot read the store: " + unreadable.getMessage(), unreadable);
        }
    }

    private void tell(DataDirectory directory, StoreReport report) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "read %d files, %d bytes: %d keys, %d versions, revision %d, compacted up to %d%n",
                report.files(),
                report.bytes(),
                report.keys(),
                report.versions(),
                report.revision(),
                report.compacted());
        report.findings().forEach(finding -> out.println("damaged: " + finding));
        out.println(report.isWell() ? "the store is well" : StoreOpening.remedy(directory));
        out.flush();
    }
}
