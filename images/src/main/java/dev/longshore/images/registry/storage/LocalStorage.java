package dev.longshore.images.registry.storage;

import dev.longshore.base.Digest;
import dev.longshore.images.Collector;
import dev.longshore.images.ContentStore;
import dev.longshore.images.Descriptor;
import dev.longshore.images.ImageStore;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Manifest;
import dev.longshore.images.Reference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/// This machine's image store: what is built here is served at once, and what is pushed can be run.
public final class LocalStorage implements RegistryStorage {

    private final LocalImages local;
    private final ContentStore content;
    private final ImageStore images;
    private final RecentPushes pushes;
    private final Closures closures;

    /// Over `local`.
    public LocalStorage(LocalImages local) {
        this.local = local;
        this.content = local.content();
        this.images = local.images();
        var journal = new PushJournal(local.layout().root().resolve("registry/pushes"), local.time());
        this.pushes = new RecentPushes(journal, content.leases(), local.time());
        this.closures = new Closures(content);
    }

    /// Reads which pushes were under way when the last process ended.
    public void start() throws IOException {
        pushes.start();
    }

    @Override
    public List<String> repositories() {
        return images.repositories();
    }

    @Override
    public List<String> tags(Reference repository) {
        return images.tags(repository.repository());
    }

    @Override
    public Optional<Digest> target(Reference tagged) {
        return images.target(tagged).filter(content::has);
    }

    @Override
    public Set<Digest> manifests(Reference repository) throws IOException {
        return closure(repository).manifests();
    }

    @Override
    public Optional<byte[]> manifest(Reference name) throws IOException {
        Digest digest = name.digest().orElseThrow();
        boolean isHere = closure(name).manifests().contains(digest) && content.has(digest);
        return isHere ? Optional.of(content.read(digest)) : Optional.empty();
    }

    /// An index makes what it speaks of its repository's.
    @Override
    public boolean isElsewhere(Reference repository, Digest digest) throws IOException {
        return content.has(digest)
                && !pushes.knows(repository.repository(), digest)
                && !closure(repository).sizes().containsKey(digest);
    }

    @Override
    public void put(Reference name, Digest digest, byte[] bytes) throws IOException {
        pushes.keep(digest);
        for (Descriptor child : Manifest.parse(bytes, "").children()) {
            pushes.keep(child.digest());
        }
        if (content.has(digest)) {
            content.touch(digest, local.time().now());
        } else {
            content.write(new ByteArrayInputStream(bytes), Descriptor.of("", digest, bytes.length));
        }
        if (name.tag().isPresent()) {
            images.tag(name, digest);
        } else {
            images.add(name.repository(), digest);
        }
    }

    @Override
    public boolean deleteTag(Reference tagged) throws IOException {
        return images.untag(tagged);
    }

    @Override
    public Removed deleteManifest(Reference name) throws IOException {
        Digest digest = name.digest().orElseThrow();
        if (images.forget(name.repository(), digest)) {
            return Removed.DONE;
        }
        return closure(name).manifests().contains(digest) ? Removed.NEEDED : Removed.ABSENT;
    }

    @Override
    public Instant pushed(Reference repository, Digest manifest) throws IOException {
        return content.modified(manifest);
    }

    @Override
    public List<String> holders(Digest digest) {
        return Stream.concat(pushes.holders(digest).stream(), images.repositories().stream())
                .distinct()
                .toList();
    }

    @Override
    public boolean isUsed(Reference repository, Digest manifest) throws IOException {
        return images.byTarget(manifest)
                .flatMap(image -> local.holds().holderOf(image.id()))
                .isPresent();
    }

    @Override
    public OptionalLong blob(Reference repository, Digest digest) throws IOException {
        boolean isKnown = pushes.knows(repository.repository(), digest)
                || closure(repository).sizes().containsKey(digest);
        if (!isKnown) {
            return OptionalLong.empty();
        }
        pushes.keep(digest);
        return content.has(digest) ? OptionalLong.of(content.size(digest)) : OptionalLong.empty();
    }

    @Override
    public InputStream open(Digest digest, long offset) throws IOException {
        return content.open(digest, offset);
    }

    @Override
    public void link(Reference repository, Digest digest) throws IOException {
        pushes.link(repository.repository(), digest);
    }

    @Override
    public Removed unlink(Reference repository, Digest digest) throws IOException {
        if (closure(repository).sizes().containsKey(digest)) {
            return Removed.NEEDED;
        }
        return pushes.unlink(repository.repository(), digest) && content.has(digest) ? Removed.DONE : Removed.ABSENT;
    }

    @Override
    public Map<Digest, Long> holdings(Reference repository) throws IOException {
        var holdings = new HashMap<>(closure(repository).sizes());
        for (Digest pushed : pushes.of(repository.repository())) {
            if (!holdings.containsKey(pushed) && content.has(pushed)) {
                holdings.put(pushed, content.size(pushed));
            }
        }
        return Map.copyOf(holdings);
    }

    @Override
    public String begin(Reference repository) throws IOException {
        return content.uploads().begin(repository.repository());
    }

    @Override
    public long offset(Reference repository, String upload) throws IOException {
        content.uploads().requireOwner(upload, repository.repository());
        return content.uploads().offset(upload);
    }

    @Override
    public long append(Reference repository, String upload, long offset, InputStream in) throws IOException {
        content.uploads().requireOwner(upload, repository.repository());
        return content.uploads().append(upload, offset, in);
    }

    @Override
    public void finish(Reference repository, String upload, Digest digest) throws IOException {
        content.uploads().requireOwner(upload, repository.repository());
        pushes.link(repository.repository(), digest);
        try {
            content.uploads().finish(upload, digest);
        } catch (IOException | RuntimeException failed) {
            if (!content.has(digest)) {
                pushes.unlink(repository.repository(), digest);
            }
            throw failed;
        }
    }

    @Override
    public void cancel(Reference repository, String upload) throws IOException {
        content.uploads().requireOwner(upload, repository.repository());
        content.uploads().cancel(upload);
    }

    @Override
    public Freed collect() throws IOException {
        Collector.Freed freed = local.collector().collect();
        return new Freed(freed.blobs(), freed.bytes());
    }

    private Closures.Closure closure(Reference repository) throws IOException {
        return closures.of(repository.repository(), images.targets(repository.repository()));
    }
}
