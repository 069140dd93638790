package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.DataDirectory;
import dev.longshore.network.AddressPlan;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.config.StoreOptions;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.StoreException;
import dev.longshore.store.Stores;
import dev.longshore.store.etcd.EtcdConfig;
import dev.longshore.store.etcd.EtcdMigration;
import dev.longshore.store.etcd.EtcdStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `longshore migrate`.
@Command(
        name = "migrate",
        description = {
            "Moves a cluster's state from a data directory into an etcd cluster, or back, while no server runs. The",
            "target must be empty. No resourceVersion is given out twice (docs/store.md)."
        })
final class MigrateCommand implements Callable<Integer> {

    /// Where servers say that they live, for 15 seconds at a time.
    private static final KeyRange SERVERS = KeyRange.prefix(Key.of("/registry/masterleases/"));

    @Option(names = "--from", required = true, paramLabel = "DIR|etcd://…", description = "where the state is")
    private String from;

    @Option(names = "--to", required = true, paramLabel = "etcd://…|DIR", description = "where it shall be")
    private String to;

    @Mixin
    private EtcdKeyFlags keys = new EtcdKeyFlags();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Logging.off();
        boolean isFromEtcd = from.startsWith(EtcdConfig.SCHEME);
        if (isFromEtcd == to.startsWith(EtcdConfig.SCHEME)) {
            throw new CommandFailure("one of --from and --to is a data directory, the other etcd://HOST:PORT,…");
        }
        try {
            EtcdConfig etcd = StoreOptions.etcd(isFromEtcd ? from : to, keys.files());
            var directory = new DataDirectory(Path.of(isFromEtcd ? to : from));
            var lock = DirectoryLock.take(directory);
            try (lock) {
                var moved = isFromEtcd ? back(etcd, directory) : away(directory, etcd);
                var out = spec.commandLine().getOut();
                out.printf("moved %d keys; the cluster goes on after revision %d%n", moved.keys(), moved.revision());
                out.flush();
                return 0;
            }
        } catch (IOException | IllegalArgumentException | StoreException wrong) {
            throw new CommandFailure("nothing can be moved: " + wrong.getMessage(), wrong);
        }
    }

    /// The directory stays as it is; who starts it without `--store` has the state of before.
    private static EtcdMigration.Moved away(DataDirectory directory, EtcdConfig etcd)
            throws IOException, InterruptedException {
        Optional<ClusterRecord> record = ClusterRecord.read(directory.clusterRecord());
        if (record.isEmpty() || Files.notExists(directory.store())) {
            throw new IOException("there is no cluster in " + directory.root());
        }
        try (var store = Stores.embedded(directory.store(), Time.system())) {
            var moved = EtcdMigration.toEtcd(store, etcd, Time.system());
            try (var target = EtcdStore.open(etcd, new SecureRandom(), Time.system())) {
                ClusterRecord known = record.get();
                ExternalStore.agreed(
                        target, () -> new AddressPlan(known.podRange(), known.serviceRange(), known.nodePorts()));
            }
            return moved;
        }
    }

    private static EtcdMigration.Moved back(EtcdConfig etcd, DataDirectory directory) throws IOException {
        try (var store = EtcdStore.open(etcd, new SecureRandom(), Time.system())) {
            if (store.range(RangeQuery.of(SERVERS)).count() > 0) {
                throw new IOException(
                        "a server runs over this etcd, or did 15 seconds ago: stop all of them, and wait so long");
            }
            Files.createDirectories(directory.control());
            return EtcdMigration.fromEtcd(store, directory.store(), Time.system());
        }
    }
}
