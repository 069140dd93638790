package dev.longshore.images.distribution;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.images.BlobWriter;
import dev.longshore.images.ContentStore;
import dev.longshore.images.Descriptor;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fetches blobs: each once, however many images want it at the same time, and after a cut connection from where it
/// stopped. Thread-safe.
final class BlobFetch {

    private static final Logger log = LoggerFactory.getLogger(BlobFetch.class);
    private static final int BUFFER = 64 << 10;

    private final ContentStore content;
    private final Time time;
    private final Map<Digest, ReentrantLock> underWay = new ConcurrentHashMap<>();

    BlobFetch(ContentStore content, Time time) {
        this.content = content;
        this.time = time;
    }

    /// Fetches `blob` from the first of `sources` that has it. The caller keeps it by a lease.
    void fetch(List<RegistryConnection> sources, Descriptor blob, Progress progress)
            throws IOException, InterruptedException {
        fetch(sources, blob, progress, BlobWatcher.NONE);
    }

    /// As [#fetch]; `watcher` hears of what comes, and of nothing if the blob is here or others fetch it.
    void fetch(List<RegistryConnection> sources, Descriptor blob, Progress progress, BlobWatcher watcher)
            throws IOException, InterruptedException {
        ReentrantLock one = underWay.computeIfAbsent(blob.digest(), absent -> new ReentrantLock());
        one.lockInterruptibly();
        try {
            if (content.has(blob.digest())) {
                progress.at(blob.digest().shortHex(), "Already exists");
            } else {
                fromAny(sources, blob, progress, watcher);
                progress.at(blob.digest().shortHex(), "Pull complete");
            }
        } finally {
            one.unlock();
            if (!one.hasQueuedThreads()) {
                underWay.remove(blob.digest(), one);
            }
        }
    }

    private void fromAny(List<RegistryConnection> sources, Descriptor blob, Progress progress, BlobWatcher watcher)
            throws IOException, InterruptedException {
        for (RegistryConnection source : sources) {
            try {
                from(source, blob, progress, watcher);
                return;
            } catch (ImageFaultException | IOException failed) {
                if (source == sources.getLast()) {
                    throw failed;
                }
                log.info("{} does not give {}: {}", source.name(), blob.digest(), failed.getMessage());
            }
        }
    }

    private void from(RegistryConnection source, Descriptor blob, Progress progress, BlobWatcher watcher)
            throws IOException, InterruptedException {
        try (BlobWriter writer = content.writer(blob.digest().algorithm())) {
            watcher.begins(writer);
            for (int attempt = 1; ; attempt++) {
                long before = writer.size();
                try {
                    part(source, blob, writer, progress, watcher);
                    break;
                } catch (IOException brokenOff) {
                    attempt = writer.size() > before ? 1 : attempt;
                    if (!source.pauses().mayRetry(attempt)
                            || Thread.currentThread().isInterrupted()) {
                        throw new ImageFaultException(
                                new ImageFault.Registry(source.name(), 0, "blob " + blob.digest() + " broke off"),
                                brokenOff);
                    }
                    log.debug("{} broke off at {}: {}", blob.digest(), writer.size(), brokenOff.getMessage());
                    progress.at(blob.digest().shortHex(), "Retrying");
                    source.pauses().pause(attempt);
                }
            }
            writer.commit(blob.digest());
        }
    }

    /// Fetches what is missing, as far as the connection lasts.
    private void part(
            RegistryConnection source, Descriptor blob, BlobWriter writer, Progress progress, BlobWatcher watcher)
            throws IOException, InterruptedException {
        long at = writer.size();
        if (at > 0 && at == blob.size()) {
            return;
        }
        Map<String, String> headers = at == 0 ? Map.of() : Map.of("Range", "bytes=" + at + "-");
        HttpResponse<InputStream> response = source.send("GET", source.address("blobs/" + blob.digest()), headers);
        boolean isRest = response.statusCode() == 206 && begins(response, at);
        if (response.statusCode() != 200 && !isRest) {
            throw source.refused(response, "blob " + blob.digest());
        }
        try (InputStream in = new Download(response.body(), blob, isRest ? at : 0, progress, time)) {
            if (!isRest) {
                in.skipNBytes(at); // It sends everything again; what we have is hashed already.
            }
            copy(in, blob, writer, watcher);
        } catch (EOFException shrunk) {
            throw wrongSize(blob, at);
        }
    }

    private static void copy(InputStream in, Descriptor blob, BlobWriter writer, BlobWatcher watcher)
            throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            if (writer.size() + read > blob.size()) {
                throw wrongSize(blob, writer.size() + read);
            }
            writer.write(buffer, 0, read);
            watcher.advances(writer.readable());
        }
        if (writer.size() != blob.size()) {
            throw wrongSize(blob, writer.size());
        }
    }

    private static boolean begins(HttpResponse<?> response, long at) {
        return response.headers()
                .firstValue("Content-Range")
                .map(range -> range.startsWith("bytes " + at + "-"))
                .orElse(false);
    }

    private static ImageFaultException wrongSize(Descriptor blob, long actual) {
        return new ImageFaultException(new ImageFault.WrongSize(blob.digest().toString(), blob.size(), actual));
    }
}
