package dev.longshore.images.registry.cache;

import dev.longshore.base.Digest;
import dev.longshore.images.Descriptor;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Leases;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Manifest;
import dev.longshore.images.Reference;
import dev.longshore.images.distribution.BlobWatcher;
import dev.longshore.images.distribution.Credentials;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.images.registry.Metrics;
import dev.longshore.images.registry.storage.LocalStorage;
import dev.longshore.images.registry.storage.RegistryStorage;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This machine's images, and in repositories of certain other registries what those have: fetched when it is asked
/// for, served from here afterwards, also while the other registry is away. A repository belongs to the registry in
/// its name, or in `ns=`. Tags that were made here are not replaced.
///
/// A manifest is answered before its blobs are here; it becomes an image of this store, and so stays, when they are.
/// Thread-safe.
public final class PullThrough implements RegistryStorage, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PullThrough.class);
    private static final int MOST_UNFINISHED = 1000;
    private static final int MOST_PROMISED = 10_000;
    private static final int MOST_REFERRERS = 200;

    private final LocalStorage inner;
    private final LocalImages local;
    private final DistributionClient client;
    private final Set<String> upstreams;
    private final Duration fresh;
    private final Metrics metrics;
    private final CachedTags tags;
    private final Arrivals arrivals;
    private final LinkedHashMap<String, Unfinished> unfinished = new LinkedHashMap<>();
    private final LinkedHashMap<Digest, Promised> promised = new LinkedHashMap<>();

    /// @param upstreams registries to fetch from
    /// @param fresh how long a tag is served before it is compared again
    public PullThrough(
            LocalImages local, DistributionClient client, Set<String> upstreams, Duration fresh, Metrics metrics) {
        this.inner = new LocalStorage(local);
        this.local = local;
        this.client = client;
        this.upstreams = Set.copyOf(upstreams);
        this.fresh = fresh;
        this.metrics = metrics;
        this.arrivals = new Arrivals(local.content());
        this.tags = new CachedTags(local.layout().root().resolve("registry/copies.json"), local.time());
    }

    /// An image whose manifest has been fetched, but not yet all of its blobs.
    private record Unfinished(Reference name, Digest digest, byte[] bytes, Manifest manifest) {}

    /// A blob whose size a client has been told.
    private record Promised(Reference repository, long size) {}

    /// Reads which tags are copies, and which pushes were under way.
    public void start() throws IOException {
        inner.start();
        tags.start();
    }

    /// Ends what is being fetched.
    @Override
    public void close() {
        arrivals.close();
    }

    @Override
    public Optional<Digest> target(Reference tagged) throws IOException, InterruptedException {
        Optional<Digest> here = inner.target(tagged).or(() -> unfinishedTarget(tagged));
        boolean isOwn = here.isPresent() && !tags.isCopy(tagged, here.get());
        if (!upstreams.contains(tagged.domain()) || isOwn || here.isPresent() && tags.isFresh(tagged, fresh)) {
            return here;
        }
        try {
            Optional<Digest> there = client.resolve(tagged, Credentials.NONE);
            if (there.isEmpty() || there.equals(here)) {
                tags.compared(tagged);
                return here;
            }
            return Optional.of(fetch(tagged));
        } catch (ImageFaultException | IOException away) {
            if (here.isPresent() || isRefusal(away)) {
                log.info("{} is not to be had anew: {}", tagged.familiar(), away.getMessage());
                return here;
            }
            throw away;
        }
    }

    @Override
    public Optional<byte[]> manifest(Reference name) throws IOException, InterruptedException {
        Optional<byte[]> here = inner.manifest(name).or(() -> unfinished(name).map(Unfinished::bytes));
        if (here.isPresent() || !upstreams.contains(name.domain())) {
            if (here.isPresent()) {
                count(name, "manifest", true);
            }
            return here;
        }
        try {
            fetch(name);
            return inner.manifest(name).or(() -> unfinished(name).map(Unfinished::bytes));
        } catch (ImageFaultException refused) {
            if (isRefusal(refused)) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    @Override
    public OptionalLong blob(Reference repository, Digest digest) throws IOException, InterruptedException {
        OptionalLong here = inner.blob(repository, digest);
        if (here.isPresent() || !upstreams.contains(repository.domain())) {
            if (here.isPresent()) {
                count(repository, "blob", true);
            }
            return here;
        }
        OptionalLong size = expected(repository, digest);
        if (size.isEmpty()) {
            return size;
        }
        synchronized (this) {
            promised.put(digest, new Promised(repository, size.getAsLong()));
            if (promised.size() > MOST_PROMISED) {
                promised.pollFirstEntry();
            }
        }
        return size;
    }

    /// What was promised is fetched now: the client has its headers and gets the bytes as they come.
    @Override
    public InputStream open(Digest digest, long offset) throws IOException, InterruptedException {
        Promised blob;
        synchronized (this) {
            blob = promised.get(digest);
        }
        if (blob == null || local.content().has(digest)) {
            return inner.open(digest, offset);
        }
        Reference repository = blob.repository();
        count(repository, "blob", false);
        inner.link(repository, digest);
        var wanted = Descriptor.of("", digest, blob.size());
        return arrivals.of(wanted, watcher -> fetch(repository, wanted, watcher), () -> finish(repository))
                .read(offset);
    }

    private void fetch(Reference repository, Descriptor blob, BlobWatcher watcher)
            throws IOException, InterruptedException {
        client.fetchBlob(repository, blob, Credentials.NONE, watcher);
        metrics.add(series("registry_proxy_pulled_bytes_total", "blob", repository), blob.size());
    }

    /// Fetches a manifest; an index is part of this store at once, an image when its blobs are there.
    private Digest fetch(Reference name) throws IOException, InterruptedException {
        try (Leases.Lease lease = local.content().leases().open()) {
            Descriptor found = client.fetchManifest(name, Credentials.NONE, lease);
            inner.link(name, found.digest());
            count(name, "manifest", false);
            byte[] bytes = local.content().read(found.digest());
            Manifest manifest = Manifest.parse(bytes, found.mediaType());
            if (name.tag().isPresent()) {
                tags.copied(name, found.digest());
            }
            keep(new Unfinished(name, found.digest(), bytes, manifest));
            finish(name);
            return found.digest();
        }
    }

    private synchronized void keep(Unfinished image) {
        unfinished.remove(image.name().toString());
        unfinished.put(image.name().toString(), image);
        if (unfinished.size() > MOST_UNFINISHED) {
            unfinished.pollFirstEntry();
        }
    }

    /// Makes those images of `repository` whose blobs are all here part of this store.
    private void finish(Reference repository) {
        for (Unfinished image : unfinishedOf(repository)) {
            boolean isWhole = image.manifest() instanceof Manifest.Index
                    || image.manifest().children().stream()
                            .allMatch(child -> local.content().has(child.digest()));
            if (!isWhole) {
                continue;
            }
            try {
                inner.put(image.name(), image.digest(), image.bytes());
            } catch (IOException | ImageFaultException collected) {
                log.info("{} is not whole after all: {}", image.name(), collected.getMessage());
                continue;
            }
            synchronized (this) {
                unfinished.remove(image.name().toString(), image);
            }
        }
    }

    /// The size of a blob that a manifest of `repository` speaks of.
    private OptionalLong expected(Reference repository, Digest digest) throws IOException {
        Long known = inner.holdings(repository).get(digest);
        if (known != null) {
            return OptionalLong.of(known);
        }
        for (Unfinished image : unfinishedOf(repository)) {
            for (Descriptor child : image.manifest().children()) {
                if (child.digest().equals(digest)) {
                    return OptionalLong.of(child.size());
                }
            }
        }
        return OptionalLong.empty();
    }

    private synchronized List<Unfinished> unfinishedOf(Reference repository) {
        return unfinished.values().stream()
                .filter(image -> image.name().repository().equals(repository.repository()))
                .toList();
    }

    private Optional<Unfinished> unfinished(Reference digested) {
        return unfinishedOf(digested).stream()
                .filter(image -> Optional.of(image.digest()).equals(digested.digest()))
                .findFirst();
    }

    private Optional<Digest> unfinishedTarget(Reference tagged) {
        return unfinishedOf(tagged).stream()
                .filter(image -> image.name().tag().equals(tagged.tag()))
                .map(Unfinished::digest)
                .findFirst();
    }

    /// True if the other registry has said that there is no such thing, at least not for us.
    private static boolean isRefusal(Exception failed) {
        return failed instanceof ImageFaultException fault
                && fault.fault() instanceof ImageFault.Registry registry
                && (registry.status() == 404 || registry.status() == 401 || registry.status() == 403);
    }

    /// @param type `blob` or `manifest`
    private void count(Reference repository, String type, boolean isHit) {
        if (upstreams.contains(repository.domain())) {
            metrics.add(series("registry_proxy_requests_total", type, repository), 1);
            metrics.add(series("registry_proxy_" + (isHit ? "hits" : "misses") + "_total", type, repository), 1);
        }
    }

    private static String series(String name, String type, Reference repository) {
        return "%s{type=\"%s\",upstream=\"%s\"}".formatted(name, type, repository.domain());
    }

    @Override
    public List<String> repositories() {
        return inner.repositories();
    }

    @Override
    public List<String> tags(Reference repository) {
        return inner.tags(repository);
    }

    @Override
    public Set<Digest> manifests(Reference repository) throws IOException {
        Set<Digest> here = inner.manifests(repository);
        List<Unfinished> coming = unfinishedOf(repository);
        if (coming.isEmpty()) {
            return here;
        }
        var all = new HashSet<>(here);
        coming.forEach(image -> all.add(image.digest()));
        return all;
    }

    /// Signatures and SBOMs of what was fetched: their manifests, as long as `fresh` says that is enough.
    @Override
    public void seekReferrers(Reference repository, Digest subject) throws InterruptedException {
        Reference about = repository.withDigest(subject);
        if (!upstreams.contains(repository.domain()) || tags.isFresh(about, fresh)) {
            return;
        }
        try {
            for (Descriptor referrer : client.referrers(about, "", Credentials.NONE).stream()
                    .limit(MOST_REFERRERS)
                    .toList()) {
                manifest(repository.withDigest(referrer.digest()));
            }
            tags.compared(about);
        } catch (ImageFaultException | IOException away) {
            log.info("what refers to {} is not to be had anew: {}", about.familiar(), away.getMessage());
        }
    }

    @Override
    public boolean isElsewhere(Reference repository, Digest digest) throws IOException {
        return inner.isElsewhere(repository, digest);
    }

    @Override
    public void put(Reference name, Digest digest, byte[] bytes) throws IOException {
        inner.put(name, digest, bytes);
    }

    @Override
    public boolean deleteTag(Reference tagged) throws IOException {
        return inner.deleteTag(tagged);
    }

    @Override
    public Removed deleteManifest(Reference name) throws IOException {
        return inner.deleteManifest(name);
    }

    @Override
    public Instant pushed(Reference repository, Digest manifest) throws IOException {
        return inner.pushed(repository, manifest);
    }

    @Override
    public List<String> holders(Digest digest) {
        return inner.holders(digest);
    }

    @Override
    public boolean isUsed(Reference repository, Digest manifest) throws IOException {
        return inner.isUsed(repository, manifest);
    }

    @Override
    public void link(Reference repository, Digest digest) throws IOException {
        inner.link(repository, digest);
    }

    @Override
    public Removed unlink(Reference repository, Digest digest) throws IOException {
        return inner.unlink(repository, digest);
    }

    @Override
    public Map<Digest, Long> holdings(Reference repository) throws IOException {
        return inner.holdings(repository);
    }

    @Override
    public String begin(Reference repository) throws IOException {
        return inner.begin(repository);
    }

    @Override
    public long offset(Reference repository, String upload) throws IOException {
        return inner.offset(repository, upload);
    }

    @Override
    public long append(Reference repository, String upload, long offset, InputStream in) throws IOException {
        return inner.append(repository, upload, offset, in);
    }

    @Override
    public void finish(Reference repository, String upload, Digest digest) throws IOException {
        inner.finish(repository, upload, digest);
    }

    @Override
    public void cancel(Reference repository, String upload) throws IOException {
        inner.cancel(repository, upload);
    }

    @Override
    public Freed collect() throws IOException {
        return inner.collect();
    }
}
