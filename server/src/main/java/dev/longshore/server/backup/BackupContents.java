package dev.longshore.server.backup;

import dev.longshore.cli.DataDirectory;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.snapshot.SnapshotSummary;
import dev.longshore.store.snapshot.Snapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/// What a control plane is made of, as one stream:
///
/// ```
///   manifest.json   when it was taken, and which files flags had named
///   cluster.json    the cluster's id, address ranges, ports
///   pki/…           authorities, keys, certificates
///   outside/0 …     the files that flags had named: the keys of what is stored encrypted
///   state           the store (`store.snapshot`)
/// ```
///
/// @param outside files that flags of `up` named
public record BackupContents(DataDirectory directory, List<OutsideFile> outside) {

    static final String CLUSTER = "cluster.json";
    static final String PKI = "pki/";
    static final String OUTSIDE = "outside/";
    static final String STATE = "state";

    /// A file under way to its place ([dev.longshore.base.WholeFile]).
    private static final String DRAFT = ".new";

    public BackupContents {
        outside = List.copyOf(outside);
    }

    /// Writes all of it to `out`, which stays open. Everybody else goes on meanwhile.
    ///
    /// @param cluster its id
    /// @throws IOException when a file cannot be read, or as `out` throws it
    /// @throws dev.longshore.store.StoreException when the store cannot be read
    public SnapshotSummary write(EmbeddedStore store, String cluster, Instant now, OutputStream out)
            throws IOException {
        var archive = new ArchiveWriter(out);
        archive.file(Manifest.NAME, new Manifest(now, outside).json());
        archive.file(CLUSTER, Files.readAllBytes(directory.clusterRecord()));
        keys(archive);
        for (int i = 0; i < outside.size(); i++) {
            archive.file(OUTSIDE + i, Files.readAllBytes(outside.get(i).path()));
        }
        SnapshotSummary summary;
        try (OutputStream state = archive.file(STATE)) {
            summary = Snapshots.write(store, cluster, state);
        }
        archive.finish();
        return summary;
    }

    private void keys(ArchiveWriter archive) throws IOException {
        if (!Files.isDirectory(directory.pki())) {
            throw new NoSuchFileException(directory.pki().toString(), null, "there are no keys");
        }
        List<Path> files;
        try (Stream<Path> found = Files.walk(directory.pki())) {
            files = found.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(DRAFT))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            archive.file(PKI + directory.pki().relativize(file), Files.readAllBytes(file));
        }
    }
}
