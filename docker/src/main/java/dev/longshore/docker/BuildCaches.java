package dev.longshore.docker;

import dev.longshore.base.Digest;
import dev.longshore.builder.cache.CacheArtifact;
import dev.longshore.builder.cache.CacheDirectory;
import dev.longshore.builder.cache.CacheSource;
import dev.longshore.builder.cache.ImportedCache;
import dev.longshore.builder.cache.UsedStep;
import dev.longshore.images.Descriptor;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Leases;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import dev.longshore.images.distribution.DistributionClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Caches that one build reads from and writes to: directories of this host, and registries.
final class BuildCaches {

    private final LocalImages local;
    private final DistributionClient registries;
    private final RegistryAuth auth;

    BuildCaches(LocalImages local, DistributionClient registries, RegistryAuth auth) {
        this.local = local;
        this.registries = registries;
        this.auth = auth;
    }

    /// A place for a cache.
    sealed interface Place {
        /// A directory.
        record Directory(Path path) implements Place {}

        /// A tag in a registry.
        record Registry(Reference reference) implements Place {}
    }

    /// The caches at `places`. One that is not to be had is told to `warnings`, and the build goes on without it.
    List<CacheSource> read(List<Place> places, Leases.Lease lease, Consumer<String> warnings)
            throws InterruptedException {
        var sources = new ArrayList<CacheSource>();
        for (Place place : places) {
            try {
                sources.add(
                        switch (place) {
                            case Place.Directory(Path path) -> new CacheDirectory(path).read(local.content());
                            case Place.Registry(Reference reference) -> fetch(reference, lease);
                        });
            } catch (IOException | ImageFaultException absent) {
                warnings.accept("[Warning] a build cache is not used: " + absent.getMessage() + "\n");
            }
        }
        return sources;
    }

    private ImportedCache fetch(Reference reference, Leases.Lease lease) throws IOException, InterruptedException {
        boolean isOwn = local.images().isOwn(reference);
        Digest manifest = isOwn
                ? local.images()
                        .target(reference)
                        .orElseThrow(() -> new ImageFaultException(new ImageFault.NoSuchImage(reference.familiar())))
                : registries.fetchManifest(reference, auth.of(reference), lease).digest();
        Descriptor config = CacheArtifact.config(local.content().read(manifest));
        lease.keep(config.digest());
        if (!local.content().has(config.digest())) {
            registries.fetchBlob(reference, config, auth.of(reference));
        }
        return new ImportedCache(
                local.content().read(config.digest()),
                local.content(),
                layer -> registries.fetchBlob(reference, layer, auth.of(reference)));
    }

    /// Writes `steps` to `places`.
    void write(List<Place> places, List<UsedStep> steps, Leases.Lease lease) throws IOException, InterruptedException {
        for (Place place : places) {
            switch (place) {
                case Place.Directory(Path path) -> new CacheDirectory(path).write(steps, local.content(), lease);
                case Place.Registry(Reference reference) ->
                    push(
                            reference,
                            CacheArtifact.write(steps, local.content(), lease).digest());
            }
        }
    }

    /// What is pushed has a name here while it is; in our own registry it keeps it.
    private void push(Reference reference, Digest manifest) throws IOException, InterruptedException {
        Optional<Digest> before = local.images().target(reference);
        local.images().tag(reference, manifest);
        if (local.images().isOwn(reference)) {
            return;
        }
        try {
            registries.push(reference, auth.of(reference), (id, status, done, total) -> {});
        } finally {
            if (before.isPresent()) {
                local.images().tag(reference, before.get());
            } else {
                local.images().untag(reference);
            }
            local.images().forget(reference.repository(), manifest);
        }
    }
}
