package dev.longshore.images.registry.cache;

import dev.longshore.base.Digest;
import dev.longshore.images.ContentStore;
import dev.longshore.images.Descriptor;
import dev.longshore.images.distribution.BlobWatcher;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The blobs that are being fetched, each once for however many clients want it. A fetch goes on when they leave: the
/// next one will want it, too. So many at once at most; the others wait. Thread-safe.
final class Arrivals implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Arrivals.class);
    private static final int MOST_AT_ONCE = 32;

    private final ContentStore content;
    private final Map<Digest, BlobArrival> underWay = new ConcurrentHashMap<>();
    private final Semaphore turns = new Semaphore(MOST_AT_ONCE);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("registry-arrival-", 0).factory());

    Arrivals(ContentStore content) {
        this.content = content;
    }

    /// Fetches one blob.
    @FunctionalInterface
    interface Fetch {
        void run(BlobWatcher watcher) throws IOException, InterruptedException;
    }

    /// The arrival of `blob`, which begins now if nobody has asked for it; `then` is run when it is stored.
    BlobArrival of(Descriptor blob, Fetch fetch, Runnable then) {
        return underWay.compute(blob.digest(), (digest, known) -> {
            if (known != null && known.then(then)) {
                return known;
            }
            var fresh = new BlobArrival(content, blob);
            fresh.then(then);
            threads.execute(() -> run(fresh, blob, fetch));
            return fresh;
        });
    }

    private void run(BlobArrival arrival, Descriptor blob, Fetch fetch) {
        try {
            turns.acquire();
            try {
                fetch.run(arrival);
            } finally {
                turns.release();
            }
            arrival.succeed();
        } catch (IOException | RuntimeException failed) {
            log.info("{} could not be fetched: {}", blob.digest(), failed.getMessage());
            arrival.fail(failed);
        } catch (InterruptedException closing) {
            arrival.fail(closing);
        } finally {
            underWay.remove(blob.digest(), arrival);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
