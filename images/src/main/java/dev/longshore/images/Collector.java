package dev.longshore.images;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/// Deletes what nobody needs: blobs that no image reaches, layers that no image is made of. What a lease keeps,
/// what a container holds and what extra roots (a build cache) reach stays. Thread-safe; one at a time.
public final class Collector {

    private static final Duration PATIENCE_WITH_UPLOADS = Duration.ofDays(1);

    private final ContentStore content;
    private final ImageStore images;
    private final Layers layers;
    private final Holds holds;
    private final Time time;
    private final List<Supplier<Set<Digest>>> needs = new CopyOnWriteArrayList<>();
    private final AtomicBoolean isRunning = new AtomicBoolean();

    Collector(ContentStore content, ImageStore images, Layers layers, Holds holds, Time time) {
        this.content = content;
        this.images = images;
        this.layers = layers;
        this.holds = holds;
        this.time = time;
    }

    /// What a collection freed.
    public record Freed(int blobs, int layers, long bytes) {}

    /// Blobs and chains of layers that `more` names are kept, too.
    public void addNeeds(Supplier<Set<Digest>> more) {
        needs.add(more);
    }

    /// Collects; does nothing while somebody else does.
    public Freed collect() throws IOException {
        if (!isRunning.compareAndSet(false, true)) {
            return new Freed(0, 0, 0);
        }
        Leases leases = content.leases();
        // Candidates first, roots afterwards: what becomes an image meanwhile is no candidate or is a root, and
        // what work in progress keeps stays kept until the sweep is over.
        leases.beginSweep();
        try {
            List<Digest> blobs = content.list();
            Set<Digest> chains = layers.unpacked();
            Set<Digest> targets = targets();
            content.uploads().cancelOlderThan(time.now().minus(PATIENCE_WITH_UPLOADS));
            return sweep(leases, blobs, chains, targets);
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        } finally {
            leases.endSweep();
            isRunning.set(false);
        }
    }

    private Freed sweep(Leases leases, List<Digest> blobs, Set<Digest> chains, Set<Digest> targets) throws IOException {
        long[] bytes = new long[1];
        int freedBlobs = 0;
        int freedLayers = 0;
        Set<Digest> needed = images.reachable(targets);
        Set<Digest> neededChains = images.chains(targets);
        for (Supplier<Set<Digest>> more : needs) {
            Set<Digest> digests = more.get();
            needed.addAll(digests);
            neededChains.addAll(digests);
        }
        for (Digest blob : blobs) {
            if (!needed.contains(blob) && leases.unlessKept(blob, () -> bytes[0] += delete(blob))) {
                freedBlobs++;
            }
        }
        images.forgetGone();
        for (Digest chain : layers.sizes().all()) {
            if (!neededChains.contains(chain) && !chains.contains(chain)) {
                leases.unlessKept(chain, () -> deleteLayer(chain));
            }
        }
        for (Digest chain : chains) {
            if (!neededChains.contains(chain) && leases.unlessKept(chain, () -> deleteLayer(chain))) {
                freedLayers++;
            }
        }
        return new Freed(freedBlobs, freedLayers, bytes[0]);
    }

    private Set<Digest> targets() throws IOException {
        var targets = new HashSet<>(images.targets());
        targets.addAll(holds.manifests());
        for (Digest id : holds.imageIds()) {
            images.byId(id).ifPresent(image -> targets.add(image.target()));
        }
        return targets;
    }

    private long delete(Digest blob) {
        try {
            long size = content.has(blob) ? content.size(blob) : 0;
            content.delete(blob);
            return size;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void deleteLayer(Digest chain) {
        try {
            layers.delete(chain);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
