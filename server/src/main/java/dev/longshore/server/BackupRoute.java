package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.server.backup.BackupContents;
import dev.longshore.server.backup.BackupException;
import dev.longshore.server.backup.BackupFile;
import dev.longshore.server.backup.BackupSummary;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.StoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/// Backups of the running cluster: `POST /backup` on the control socket, and those taken every so often.
final class BackupRoute {

    private static final int STARTING = 503;

    private final Supplier<Optional<EmbeddedStore>> store;
    private final ClusterRecord cluster;
    private final BackupContents contents;
    private final Time time;

    /// @param store the cluster's, as soon as it is open
    BackupRoute(Supplier<Optional<EmbeddedStore>> store, ClusterRecord cluster, BackupContents contents, Time time) {
        this.store = store;
        this.cluster = cluster;
        this.contents = contents;
        this.time = time;
    }

    /// Answers with a backup as a stream, which breaks off when something fails.
    Response answer(Request request) throws IOException {
        request.body().readAllBytes();
        Optional<EmbeddedStore> open = store.get();
        if (open.isEmpty()) {
            return Response.text(
                    STARTING,
                    "the server is still starting: try again in a moment; or its state"
                            + " is in etcd (--store), which is backed up by `etcdctl snapshot save`");
        }
        return new Response.Stream(
                200, Headers.of("Content-Type", "application/octet-stream"), out -> write(open.get(), out));
    }

    /// Writes one into a file.
    BackupSummary write(Path file) throws IOException {
        EmbeddedStore open = store.get().orElseThrow(() -> new IOException("the store is not open"));
        try {
            return BackupFile.write(file, Optional.empty(), out -> write(open, out));
        } catch (BackupException | StoreException failed) {
            throw new IOException(failed.getMessage(), failed);
        }
    }

    private void write(EmbeddedStore open, OutputStream out) throws IOException {
        contents.write(open, cluster.id().value(), time.now(), out);
    }
}
