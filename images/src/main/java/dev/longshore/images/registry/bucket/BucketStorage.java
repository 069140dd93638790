package dev.longshore.images.registry.bucket;

import dev.longshore.base.Digest;
import dev.longshore.images.ContentStore;
import dev.longshore.images.Descriptor;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Leases;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Manifest;
import dev.longshore.images.Reference;
import dev.longshore.images.registry.storage.RegistryStorage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// A registry's content in a bucket; several machines may serve the same one. Uploads are gathered and checked on
/// this machine's disk first, so an upload is resumed where it began.
///
/// ```
/// blobs/sha256/HEX                 content, manifests too
/// names/REPOSITORY                 that there is such a repository
/// tags/REPOSITORY:TAG              holds the digest
/// manifests/REPOSITORY@sha256-HEX  the repository has this manifest; its time is that of the last push
/// links/REPOSITORY@sha256-HEX      the repository knows this blob
/// ```
///
/// What was pushed or counted on within a day is not collected, whoever needs it: machines do not know of each
/// other's pushes. Thread-safe.
public final class BucketStorage implements RegistryStorage {

    private static final Duration GRACE = Duration.ofDays(1);
    private static final Duration RENEWAL = Duration.ofHours(1);
    private static final int MOST_KNOWN = 10_000;
    private static final byte[] NOTHING = new byte[0];

    private final Bucket bucket;
    private final LocalImages local;
    private final ContentStore staging;
    private final LinkedHashMap<Digest, Parsed> known = new LinkedHashMap<>();
    private final LinkedHashMap<Digest, Long> sizes = new LinkedHashMap<>();

    /// In `bucket`; uploads are gathered in `local`.
    public BucketStorage(Bucket bucket, LocalImages local) {
        this.bucket = bucket;
        this.local = local;
        this.staging = local.content();
    }

    private record Parsed(long size, Manifest manifest) {}

    @Override
    public List<String> repositories() throws IOException {
        return bucket.list("names/").stream()
                .map(entry -> entry.key().substring("names/".length()))
                .sorted()
                .toList();
    }

    @Override
    public List<String> tags(Reference repository) throws IOException {
        String start = "tags/" + repository.repository() + ":";
        return bucket.list(start).stream()
                .map(entry -> entry.key().substring(start.length()))
                .sorted()
                .toList();
    }

    /// Of a bucket with a million tags, only those that are asked for are listed.
    @Override
    public List<String> tags(Reference repository, String last, int most) throws IOException {
        String start = "tags/" + repository.repository() + ":";
        return bucket.list(start, start + last, most).stream()
                .map(entry -> entry.key().substring(start.length()))
                .toList();
    }

    @Override
    public Optional<Digest> target(Reference tagged) throws IOException {
        return bucket.get(tagKey(tagged)).map(bytes -> Digest.parse(new String(bytes, StandardCharsets.US_ASCII)));
    }

    @Override
    public Set<Digest> manifests(Reference repository) throws IOException {
        var found = new HashSet<Digest>();
        String start = "manifests/" + repository.repository() + "@";
        for (Bucket.Entry entry : bucket.list(start)) {
            found.add(digest(entry.key().substring(start.length())));
        }
        return found;
    }

    @Override
    public Optional<byte[]> manifest(Reference name) throws IOException {
        Digest digest = name.digest().orElseThrow();
        return bucket.find(manifestKey(name, digest)).isPresent() ? bucket.get(blobKey(digest)) : Optional.empty();
    }

    @Override
    public void put(Reference name, Digest digest, byte[] bytes) throws IOException {
        bucket.put(blobKey(digest), bytes);
        bucket.put(manifestKey(name, digest), NOTHING);
        if (name.tag().isPresent()) {
            bucket.put(tagKey(name), digest.toString().getBytes(StandardCharsets.US_ASCII));
        }
        bucket.put("names/" + name.repository(), NOTHING);
    }

    @Override
    public boolean deleteTag(Reference tagged) throws IOException {
        boolean was = bucket.find(tagKey(tagged)).isPresent();
        bucket.delete(tagKey(tagged));
        return was;
    }

    @Override
    public Removed deleteManifest(Reference name) throws IOException {
        Digest digest = name.digest().orElseThrow();
        if (bucket.find(manifestKey(name, digest)).isEmpty()) {
            return Removed.ABSENT;
        }
        for (String tag : tags(name)) {
            if (target(name.withTag(tag)).equals(Optional.of(digest))) {
                bucket.delete(tagKey(name.withTag(tag)));
            }
        }
        bucket.delete(manifestKey(name, digest));
        if (manifests(name).isEmpty()) {
            bucket.delete("names/" + name.repository());
        }
        return Removed.DONE;
    }

    @Override
    public Instant pushed(Reference repository, Digest manifest) throws IOException {
        return bucket.find(manifestKey(repository, manifest))
                .map(Bucket.Entry::modified)
                .orElse(local.time().now());
    }

    /// By this machine; who else runs images from here is not known.
    @Override
    public boolean isUsed(Reference repository, Digest manifest) throws IOException {
        return local.images()
                .byTarget(manifest)
                .flatMap(image -> local.holds().holderOf(image.id()))
                .isPresent();
    }

    @Override
    public OptionalLong blob(Reference repository, Digest digest) throws IOException {
        Optional<Bucket.Entry> link = bucket.find(linkKey(repository, digest));
        if (link.isEmpty()) {
            return OptionalLong.empty();
        }
        if (link.get().modified().isBefore(local.time().now().minus(RENEWAL))) {
            bucket.put(linkKey(repository, digest), NOTHING);
        }
        return bucket.size(blobKey(digest));
    }

    @Override
    public InputStream open(Digest digest, long offset) throws IOException {
        return bucket.open(blobKey(digest), offset);
    }

    @Override
    public void link(Reference repository, Digest digest) throws IOException {
        bucket.put(linkKey(repository, digest), NOTHING);
    }

    @Override
    public Removed unlink(Reference repository, Digest digest) throws IOException {
        if (reached(repository).containsKey(digest)) {
            return Removed.NEEDED;
        }
        if (bucket.find(linkKey(repository, digest)).isEmpty()) {
            return Removed.ABSENT;
        }
        bucket.delete(linkKey(repository, digest));
        return Removed.DONE;
    }

    @Override
    public Map<Digest, Long> holdings(Reference repository) throws IOException {
        Map<Digest, Long> holdings = reached(repository);
        String start = "links/" + repository.repository() + "@";
        for (Bucket.Entry link : bucket.list(start)) {
            Digest pushed = digest(link.key().substring(start.length()));
            if (!holdings.containsKey(pushed)) {
                blobSize(pushed).ifPresent(size -> holdings.put(pushed, size));
            }
        }
        return Map.copyOf(holdings);
    }

    /// Looked up once: what a digest stands for never changes its size, and one that is gone counts until its link is.
    private OptionalLong blobSize(Digest digest) throws IOException {
        synchronized (known) {
            Long size = sizes.get(digest);
            if (size != null) {
                return OptionalLong.of(size);
            }
        }
        OptionalLong size = bucket.size(blobKey(digest));
        synchronized (known) {
            size.ifPresent(found -> sizes.put(digest, found));
            if (sizes.size() > MOST_KNOWN) {
                sizes.pollFirstEntry();
            }
        }
        return size;
    }

    @Override
    public String begin(Reference repository) throws IOException {
        return staging.uploads().begin(repository.repository());
    }

    @Override
    public long offset(Reference repository, String upload) throws IOException {
        staging.uploads().requireOwner(upload, repository.repository());
        return staging.uploads().offset(upload);
    }

    @Override
    public long append(Reference repository, String upload, long offset, InputStream in) throws IOException {
        staging.uploads().requireOwner(upload, repository.repository());
        return staging.uploads().append(upload, offset, in);
    }

    @Override
    public void finish(Reference repository, String upload, Digest digest) throws IOException {
        staging.uploads().requireOwner(upload, repository.repository());
        try (Leases.Lease lease = staging.leases().open()) {
            lease.keep(digest);
            staging.uploads().finish(upload, digest);
            if (bucket.find(blobKey(digest)).isEmpty()) {
                bucket.put(blobKey(digest), staging.size(digest), offset -> staging.open(digest, offset));
            }
            link(repository, digest);
        }
    }

    @Override
    public void cancel(Reference repository, String upload) throws IOException {
        staging.uploads().requireOwner(upload, repository.repository());
        staging.uploads().cancel(upload);
    }

    /// Candidates first, roots afterwards: what is pushed meanwhile is no candidate, or young.
    @Override
    public Freed collect() throws IOException {
        Instant limit = local.time().now().minus(GRACE);
        List<Bucket.Entry> candidates = bucket.list("blobs/").stream()
                .filter(entry -> entry.modified().isBefore(limit))
                .toList();
        Set<Digest> needed = new HashSet<>();
        for (Bucket.Entry link : bucket.list("links/")) {
            if (!link.modified().isBefore(limit)) {
                needed.add(digest(link.key().substring(link.key().lastIndexOf('@') + 1)));
            }
        }
        for (String name : repositories()) {
            needed.addAll(reached(Reference.parse(name)).keySet());
        }
        int blobs = 0;
        long bytes = 0;
        for (Bucket.Entry candidate : candidates) {
            Digest digest = digest(candidate.key().substring("blobs/".length()).replace('/', '-'));
            if (!needed.contains(digest)) {
                bucket.delete(candidate.key());
                blobs++;
                bytes += candidate.size();
            }
        }
        for (Bucket.Entry link : bucket.list("links/")) {
            Digest digest = digest(link.key().substring(link.key().lastIndexOf('@') + 1));
            if (!needed.contains(digest) && link.modified().isBefore(limit)) {
                bucket.delete(link.key());
            }
        }
        return new Freed(blobs, bytes);
    }

    private Map<Digest, Long> reached(Reference repository) throws IOException {
        var reached = new HashMap<Digest, Long>();
        for (Digest digest : manifests(repository)) {
            Optional<Parsed> manifest = parsed(digest);
            if (manifest.isPresent()) {
                reached.put(digest, manifest.get().size());
                for (Descriptor child : manifest.get().manifest().children()) {
                    reached.putIfAbsent(child.digest(), child.size());
                }
            }
        }
        return reached;
    }

    private Optional<Parsed> parsed(Digest digest) throws IOException {
        synchronized (known) {
            Parsed parsed = known.get(digest);
            if (parsed != null) {
                return Optional.of(parsed);
            }
        }
        Optional<byte[]> bytes = bucket.get(blobKey(digest));
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        var fresh = new Parsed(bytes.get().length, Manifest.parse(bytes.get(), ""));
        synchronized (known) {
            known.put(digest, fresh);
            if (known.size() > MOST_KNOWN) {
                known.pollFirstEntry();
            }
        }
        return Optional.of(fresh);
    }

    private static String blobKey(Digest digest) {
        return "blobs/" + digest.algorithm() + "/" + digest.hex();
    }

    private static String tagKey(Reference tagged) {
        return "tags/" + tagged.repository() + ":" + tagged.tag().orElseThrow();
    }

    private static String manifestKey(Reference repository, Digest digest) {
        return "manifests/" + repository.repository() + "@" + digest.algorithm() + "-" + digest.hex();
    }

    private static String linkKey(Reference repository, Digest digest) {
        return "links/" + repository.repository() + "@" + digest.algorithm() + "-" + digest.hex();
    }

    private static Digest digest(String text) {
        try {
            return Digest.parse(text.replace('-', ':'));
        } catch (IllegalArgumentException strange) {
            throw new ImageFaultException(new ImageFault.Malformed("the bucket", "no digest: " + text), strange);
        }
    }
}
