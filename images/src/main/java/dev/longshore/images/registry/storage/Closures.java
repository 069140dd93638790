package dev.longshore.images.registry.storage;

import dev.longshore.base.Digest;
import dev.longshore.images.ContentStore;
import dev.longshore.images.Descriptor;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Manifest;
import dev.longshore.images.MediaTypes;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What repositories reach from their manifests. Each repository's closure is kept until its manifests change: a
/// manifest's bytes never do. Thread-safe.
final class Closures {

    private static final int MOST = 1000;
    private static final int MOST_PARSED = 20_000;
    private static final int LARGEST_DEPTH = 4;

    private final ContentStore content;
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();
    private final LinkedHashMap<Digest, Parsed> parsed = new LinkedHashMap<>();

    Closures(ContentStore content) {
        this.content = content;
    }

    /// @param manifests that are reached and here
    /// @param sizes of everything that is reached, by what manifests say of it
    record Closure(Set<Digest> manifests, Map<Digest, Long> sizes) {}

    private record Parsed(long size, Manifest manifest) {}

    private record Kept(Set<Digest> roots, Closure closure, boolean isWhole) {}

    Closure of(String repository, Set<Digest> roots) throws IOException {
        Kept known = kept.get(repository);
        if (known != null && known.isWhole() && known.roots().equals(roots)) {
            return known.closure();
        }
        var manifests = new HashSet<Digest>();
        var sizes = new HashMap<Digest, Long>();
        boolean isWhole = true;
        for (Digest root : roots) {
            isWhole &= reach(root, manifests, sizes, 0);
        }
        var closure = new Closure(Set.copyOf(manifests), Map.copyOf(sizes));
        if (kept.size() >= MOST) {
            kept.clear();
        }
        kept.put(repository, new Kept(roots, closure, isWhole));
        return closure;
    }

    /// False if something is absent that may yet come, so that the closure may grow.
    private boolean reach(Digest digest, Set<Digest> manifests, Map<Digest, Long> sizes, int depth) throws IOException {
        if (manifests.contains(digest) || depth > LARGEST_DEPTH) {
            return true;
        }
        Optional<Parsed> parsed = parsed(digest);
        if (parsed.isEmpty()) {
            return false;
        }
        sizes.put(digest, parsed.get().size());
        manifests.add(digest);
        boolean isWhole = true;
        for (Descriptor child : parsed.get().manifest().children()) {
            boolean isManifest =
                    parsed.get().manifest() instanceof Manifest.Index && MediaTypes.isManifest(child.mediaType());
            if (isManifest) {
                isWhole &= reach(child.digest(), manifests, sizes, depth + 1);
            } else {
                sizes.putIfAbsent(child.digest(), child.size());
            }
        }
        return isWhole;
    }

    /// A manifest that is here. Read once: pushing the ten thousandth tag need not read those before it again.
    private Optional<Parsed> parsed(Digest digest) throws IOException {
        Parsed known;
        synchronized (parsed) {
            known = parsed.get(digest);
        }
        if (known != null) {
            return content.has(digest) ? Optional.of(known) : Optional.empty();
        }
        Parsed fresh;
        try {
            byte[] bytes = content.read(digest);
            fresh = new Parsed(bytes.length, Manifest.parse(bytes, ""));
        } catch (ImageFaultException absent) {
            return Optional.empty();
        }
        synchronized (parsed) {
            parsed.put(digest, fresh);
            if (parsed.size() > MOST_PARSED) {
                parsed.pollFirstEntry();
            }
        }
        return Optional.of(fresh);
    }
}
