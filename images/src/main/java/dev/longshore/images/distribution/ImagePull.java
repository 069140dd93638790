package dev.longshore.images.distribution;

import dev.longshore.base.Digest;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Image;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Leases;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Manifest;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fetches images: manifest, the one for this platform if there are several, config and layers at once.
final class ImagePull {

    private static final Logger log = LoggerFactory.getLogger(ImagePull.class);
    private static final String ACCEPT = String.join(
            ", ", MediaTypes.OCI_INDEX, MediaTypes.DOCKER_LIST, MediaTypes.OCI_MANIFEST, MediaTypes.DOCKER_MANIFEST);

    private final LocalImages local;
    private final BlobFetch blobs;
    private final int parallel;

    ImagePull(LocalImages local, int parallel) {
        this.local = local;
        this.blobs = new BlobFetch(local.content(), local.time());
        this.parallel = parallel;
    }

    Image pull(Reference wanted, Platform platform, List<RegistryConnection> sources, Progress progress)
            throws IOException, InterruptedException {
        try (Leases.Lease lease = local.content().leases().open()) {
            Descriptor top = fetchManifest(sources, wanted, lease);
            begin(wanted, progress);
            Descriptor chosen = choose(sources, top, platform, lease, wanted);
            fetchImage(sources, chosen, lease, progress);
            if (wanted.digest().isPresent()) {
                local.images().add(wanted.repository(), top.digest());
            } else {
                local.images().tag(wanted, top.digest());
            }
            progress.at("", "Digest: " + top.digest());
            Image any = local.images()
                    .byTarget(top.digest())
                    .orElseThrow(() -> new ImageFaultException(
                            new ImageFault.Malformed(wanted.familiar(), "not an image that can be run")));
            return platform.accepts(any.config().platform())
                    ? any
                    : local.images().get(wanted.toString(), platform);
        }
    }

    /// Says that there is something to pull: only now, since what is not there is no pull.
    static void begin(Reference wanted, Progress progress) {
        progress.at(wanted.tag().orElse(""), "Pulling from " + wanted.path());
    }

    Descriptor fetchManifest(List<RegistryConnection> sources, Reference wanted, Leases.Lease lease)
            throws IOException, InterruptedException {
        RegistryHost.Capability needed =
                wanted.digest().isPresent() ? RegistryHost.Capability.PULL : RegistryHost.Capability.RESOLVE;
        return first(able(sources, needed), source -> fetchManifest(source, wanted, lease));
    }

    Optional<Digest> resolve(List<RegistryConnection> all, Reference wanted) throws IOException, InterruptedException {
        List<RegistryConnection> sources = able(all, RegistryHost.Capability.RESOLVE);
        String name = wanted.tag().orElseThrow();
        return first(sources, source -> {
            HttpResponse<InputStream> response =
                    source.send("HEAD", source.address("manifests/" + name), Map.of("Accept", ACCEPT));
            if (response.statusCode() == 404 && source == sources.getLast()) {
                response.body().close();
                return Optional.empty();
            }
            if (response.statusCode() != 200) {
                throw source.refused(response, "manifest " + name);
            }
            response.body().close();
            Optional<String> told = response.headers().firstValue("Docker-Content-Digest");
            return told.isPresent() ? told.map(RegistryAnswers::digest) : Optional.of(computed(source, name));
        });
    }

    /// What a registry that does not tell digests has under `name`.
    private static Digest computed(RegistryConnection source, String name) throws IOException, InterruptedException {
        HttpResponse<InputStream> response =
                source.send("GET", source.address("manifests/" + name), Map.of("Accept", ACCEPT));
        if (response.statusCode() != 200) {
            throw source.refused(response, "manifest " + name);
        }
        try (InputStream in = response.body()) {
            return Digest.sha256(in.readNBytes(Manifest.LARGEST));
        }
    }

    void fetchBlob(List<RegistryConnection> sources, Descriptor blob, BlobWatcher watcher)
            throws IOException, InterruptedException {
        blobs.fetch(able(sources, RegistryHost.Capability.PULL), blob, Progress.SILENT, watcher);
    }

    private Descriptor choose(
            List<RegistryConnection> sources, Descriptor top, Platform platform, Leases.Lease lease, Reference wanted)
            throws IOException, InterruptedException {
        Manifest manifest = Manifest.parse(local.content().read(top.digest()), top.mediaType());
        if (!(manifest instanceof Manifest.Index index)) {
            return top;
        }
        Descriptor child = index.select(platform)
                .orElseThrow(() -> new ImageFaultException(new ImageFault.Registry(
                        sources.getLast().name(),
                        404,
                        "no matching manifest for " + platform + " in the manifest list entries of "
                                + wanted.familiar())));
        return fetchManifest(sources, wanted.withDigest(child.digest()), lease);
    }

    private Descriptor fetchManifest(RegistryConnection source, Reference wanted, Leases.Lease lease)
            throws IOException, InterruptedException {
        String name = wanted.digest().map(Digest::toString).or(wanted::tag).orElseThrow();
        Optional<Descriptor> here =
                wanted.digest().isPresent() ? known(wanted.digest().get(), lease) : Optional.empty();
        if (here.isPresent()) {
            return here.get();
        }
        HttpResponse<InputStream> response =
                source.send("GET", source.address("manifests/" + name), Map.of("Accept", ACCEPT));
        if (response.statusCode() != 200) {
            throw source.refused(response, "manifest " + name);
        }
        byte[] bytes;
        try (InputStream in = response.body()) {
            bytes = in.readNBytes(Manifest.LARGEST + 1);
        }
        String type = response.headers()
                .firstValue("Content-Type")
                .orElse("")
                .split(";", 2)[0]
                .strip();
        Manifest manifest = Manifest.parse(bytes, type);
        Digest digest = wanted.digest()
                .orElseGet(() -> response.headers()
                        .firstValue("Docker-Content-Digest")
                        .map(RegistryAnswers::digest)
                        .orElseGet(() -> Digest.sha256(bytes)));
        Digest actual =
                Digest.of(digest.algorithm(), Digest.hasher(digest.algorithm()).digest(bytes));
        if (!actual.equals(digest)) {
            throw new ImageFaultException(new ImageFault.WrongDigest(digest.toString(), actual.toString()));
        }
        lease.keep(digest);
        var descriptor = Descriptor.of(manifest.mediaType(), digest, bytes.length);
        if (!local.content().has(digest)) {
            local.content().write(new ByteArrayInputStream(bytes), descriptor);
        }
        return descriptor;
    }

    /// A manifest that is here already: its digest says that it is the same everywhere.
    private Optional<Descriptor> known(Digest digest, Leases.Lease lease) throws IOException {
        lease.keep(digest);
        if (!local.content().has(digest)) {
            return Optional.empty();
        }
        byte[] bytes = local.content().read(digest);
        return Optional.of(Descriptor.of(Manifest.parse(bytes, "").mediaType(), digest, bytes.length));
    }

    private void fetchImage(List<RegistryConnection> all, Descriptor manifest, Leases.Lease lease, Progress progress)
            throws IOException, InterruptedException {
        List<RegistryConnection> sources = able(all, RegistryHost.Capability.PULL);
        var tasks = new ArrayList<Parallel.Task>();
        for (Descriptor blob :
                Manifest.parse(local.content().read(manifest.digest()), "").children()) {
            lease.keep(blob.digest());
            if (local.content().has(blob.digest())) {
                progress.at(blob.digest().shortHex(), "Already exists");
            } else {
                tasks.add(() -> blobs.fetch(sources, blob, progress));
            }
        }
        Parallel.run(tasks, parallel);
    }

    /// Those that may be asked for it.
    private static List<RegistryConnection> able(List<RegistryConnection> sources, RegistryHost.Capability capability) {
        List<RegistryConnection> able =
                sources.stream().filter(source -> source.may(capability)).toList();
        if (able.isEmpty()) {
            throw new ImageFaultException(new ImageFault.Registry(
                    sources.getLast().name(),
                    404,
                    "no " + capability.name().toLowerCase(Locale.ROOT) + " hosts: not found"));
        }
        return able;
    }

    private interface Question<T> {
        T ask(RegistryConnection source) throws IOException, InterruptedException;
    }

    /// The first answer; only the last source's failure is one.
    private static <T> T first(List<RegistryConnection> sources, Question<T> question)
            throws IOException, InterruptedException {
        for (RegistryConnection source : sources.subList(0, sources.size() - 1)) {
            try {
                return question.ask(source);
            } catch (ImageFaultException | IOException failed) {
                log.info("mirror {} does not serve: {}", source.name(), failed.getMessage());
            }
        }
        return question.ask(sources.getLast());
    }
}
