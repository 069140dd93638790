package dev.longshore.builder.cache;

import dev.longshore.images.ContentStore;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Leases;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/// A cache from elsewhere: its steps are known at once, a layer is fetched when a step needs it. Thread-safe.
public final class ImportedCache implements CacheSource {

    private final Map<StepKey, StepRecord> steps;
    private final ContentStore content;
    private final Fetch fetch;

    private ImportedCache(Map<StepKey, StepRecord> steps, ContentStore content, Fetch fetch) {
        this.steps = Map.copyOf(steps);
        this.content = content;
        this.fetch = fetch;
    }

    /// What the manifest or index `top` has.
    ///
    /// @param origin has its config, and those of its images
    /// @param fetch gets layers into `content`
    /// @throws IOException when it has none, or it is not to be understood
    public static ImportedCache of(byte[] top, CacheReading.Origin origin, ContentStore content, Fetch fetch)
            throws IOException, InterruptedException {
        return new ImportedCache(new CacheReading(origin).steps(top), content, fetch);
    }

    /// Gets a blob into the content store, checked by its digest.
    @FunctionalInterface
    public interface Fetch {
        /// Gets `blob`, which somebody keeps already.
        void get(Descriptor blob) throws IOException, InterruptedException;
    }

    @Override
    public Optional<StepRecord> find(StepKey key, Leases.Lease lease) throws IOException, InterruptedException {
        Optional<StepRecord> found = Optional.ofNullable(steps.get(key));
        if (found.isPresent() && found.get().layer().isPresent()) {
            Descriptor blob = found.get().layer().get().blob();
            lease.keep(blob.digest());
            if (!content.has(blob.digest())) {
                fetch.get(blob);
            }
        }
        return found;
    }
}
