package dev.longshore.server.backup;

import dev.longshore.base.Directories;
import dev.longshore.base.Time;
import dev.longshore.base.WholeFile;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.DataDirectory;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.store.StoreException;
import dev.longshore.store.snapshot.SnapshotSummary;
import dev.longshore.store.snapshot.Snapshots;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.Stream;

/// Makes `DIR/control` of a backup. The file is read to its end before anything is written; what is written gets
/// its name when it is complete. Whoever calls it holds the directory's lock.
public final class Restoration {

    /// How many revisions a restored store skips, unless told otherwise: nobody writes so many between two
    /// backups. At 10,000 writes a second, which is more than the API server does, they last for 27 hours.
    public static final long USUAL_BUMP = 1_000_000_000;

    private static final FileAttribute<?> OURS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final DataDirectory directory;
    private final Time time;

    /// Into `directory`.
    public Restoration(DataDirectory directory, Time time) {
        this.directory = directory;
        this.time = time;
    }

    /// Restores `file`.
    ///
    /// @param bump how many revisions the store skips
    /// @return what was in it
    /// @throws BackupException for what is wrong with it; nothing has changed then
    /// @throws CommandFailure when something is in the way; nothing has changed then
    /// @throws IOException when it cannot be read or written
    public BackupSummary restore(Path file, Optional<Passphrase> passphrase, long bump) throws IOException {
        refuseWhatIsThere();
        BackupSummary summary = BackupReading.check(file, passphrase);
        if (!summary.isWhole()) {
            return restoreStore(file, passphrase, bump);
        }
        refuseKeysThatAreThere();
        ClusterRecord cluster = summary.cluster().orElseThrow();
        refuseAnotherCluster(cluster);
        Path building = directory.root().resolve("control.restoring");
        try {
            Directories.delete(building);
            Files.createDirectory(building, OURS_ALONE);
            BackupReading.read(file, passphrase, new Into(building, bump));
            if (!Files.exists(directory.clusterRecord())) {
                cluster.write(directory.clusterRecord());
            }
            Files.deleteIfExists(directory.control());
            Files.move(building, directory.control(), StandardCopyOption.ATOMIC_MOVE);
            BackupFile.sync(directory.root());
            return summary;
        } finally {
            Directories.delete(building);
        }
    }

    /// Where a file that a flag had named lies after the restoring.
    public Path outside(int number) {
        return directory.control().resolve("restored").resolve(String.valueOf(number));
    }

    private BackupSummary restoreStore(Path file, Optional<Passphrase> passphrase, long bump) throws IOException {
        if (!Files.exists(directory.control())) {
            Files.createDirectories(directory.control());
        }
        return BackupReading.read(file, passphrase, new Into(directory.control(), bump));
    }

    private void refuseWhatIsThere() throws IOException {
        if (!isEmpty(directory.store())) {
            throw new CommandFailure(
                    "there is a store in %s: move %s away first, or choose another directory with --data-dir"
                            .formatted(directory.store(), directory.control()));
        }
    }

    private void refuseKeysThatAreThere() throws IOException {
        if (!isEmpty(directory.control())) {
            throw new CommandFailure(
                    "%s is not empty, and the backup has all of it: move it away first, or choose another directory with --data-dir"
                            .formatted(directory.control()));
        }
    }

    /// What runs on this machine belongs to the cluster of which there is a record.
    private void refuseAnotherCluster(ClusterRecord restored) throws IOException {
        Optional<ClusterRecord> there = ClusterRecord.read(directory.clusterRecord());
        if (there.isPresent() && !there.get().id().equals(restored.id())) {
            throw new CommandFailure(
                    "%s belongs to cluster %s and the backup is of cluster %s: choose another directory with --data-dir"
                            .formatted(directory.root(), there.get().id(), restored.id()));
        }
    }

    private static boolean isEmpty(Path path) throws IOException {
        if (!Files.exists(path)) {
            return true;
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.findAny().isEmpty();
        }
    }

    /// Writes what is read under `control`.
    private final class Into implements BackupReading.Sink {
        private final Path control;
        private final long bump;

        Into(Path control, long bump) {
            this.control = control;
            this.bump = bump;
        }

        @Override
        public void file(String name, byte[] content) throws IOException {
            if (name.startsWith(BackupContents.PKI)) {
                write(control.resolve(name), content);
            } else if (name.startsWith(BackupContents.OUTSIDE)) {
                write(control.resolve("restored").resolve(name.substring(BackupContents.OUTSIDE.length())), content);
            }
        }

        @Override
        public SnapshotSummary state(InputStream content) throws IOException {
            try {
                return Snapshots.restore(content, control.resolve("store"), bump, time);
            } catch (StoreException refused) {
                throw new IOException(refused.fault().message(), refused);
            }
        }

        private static void write(Path file, byte[] content) throws IOException {
            Files.createDirectories(file.getParent(), OURS_ALONE);
            WholeFile.writeForGood(file, content);
        }
    }
}
