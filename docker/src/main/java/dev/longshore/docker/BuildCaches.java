package dev.longshore.docker;

import dev.longshore.base.Digest;
import dev.longshore.builder.BuildResult;
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
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Reference;
import dev.longshore.images.distribution.DistributionClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Caches that one build reads from and writes to: directories of this host, registries, images.
final class BuildCaches {

    private final LocalImages local;
    private final DistributionClient registries;
    private final RegistryAuth auth;
    private final Leases.Lease lease;
    private final Consumer<String> warnings;

    /// @param lease keeps what is fetched and made
    /// @param warnings hears what of the caches is not used
    BuildCaches(
            LocalImages local,
            DistributionClient registries,
            RegistryAuth auth,
            Leases.Lease lease,
            Consumer<String> warnings) {
        this.local = local;
        this.registries = registries;
        this.auth = auth;
        this.lease = lease;
        this.warnings = warnings;
    }

    /// The caches at `places`. One that is not to be had is told, and the build goes on without it.
    List<CacheSource> read(List<CachePlace> places) throws InterruptedException {
        var sources = new ArrayList<CacheSource>();
        for (CachePlace place : places) {
            try {
                switch (place) {
                    case CachePlace.Directory(var path, var tag, var digest) ->
                        sources.add(new CacheDirectory(path, tag).read(digest, local.content()));
                    case CachePlace.Registry(Reference reference) -> sources.add(fetch(reference));
                    case CachePlace.Here(Reference reference) -> here(reference).ifPresent(sources::add);
                    case CachePlace.Inline() -> {
                        // There is nothing to read before the image is there.
                    }
                }
            } catch (IOException | ImageFaultException absent) {
                warnings.accept("[Warning] a build cache is not used: " + absent.getMessage() + "\n");
            }
        }
        return sources;
    }

    private ImportedCache fetch(Reference reference) throws IOException, InterruptedException {
        boolean isOwn = local.images().isOwn(reference);
        Digest top = isOwn
                ? local.images()
                        .target(reference)
                        .orElseThrow(() -> new ImageFaultException(new ImageFault.NoSuchImage(reference.familiar())))
                : registries.fetchManifest(reference, auth.of(reference), lease).digest();
        return ImportedCache.of(
                local.content().read(top),
                blob -> read(reference, blob),
                local.content(),
                layer -> registries.fetchBlob(reference, layer, auth.of(reference)));
    }

    private byte[] read(Reference reference, Descriptor blob) throws IOException, InterruptedException {
        lease.keep(blob.digest());
        if (!local.content().has(blob.digest())) {
            if (MediaTypes.isManifest(blob.mediaType())) {
                registries.fetchManifest(reference.withDigest(blob.digest()), auth.of(reference), lease);
            } else {
                registries.fetchBlob(reference, blob, auth.of(reference));
            }
        }
        return local.content().read(blob.digest());
    }

    /// What an image that is here has in it; an image without is no fault.
    private Optional<CacheSource> here(Reference reference) throws InterruptedException {
        try {
            Optional<Digest> top = local.images().target(reference);
            return top.isEmpty()
                    ? Optional.empty()
                    : Optional.of(ImportedCache.of(
                            local.content().read(top.get()),
                            blob -> local.content().read(blob.digest()),
                            local.content(),
                            layer -> {
                                throw new ImageFaultException(new ImageFault.NoSuchContent(layer.digest()));
                            }));
        } catch (IOException | ImageFaultException none) {
            return Optional.empty();
        }
    }

    /// Writes the steps of `result` to `exports`.
    ///
    /// @throws CacheNotWrittenException when one cannot be had that must be
    void write(List<CacheExport> exports, BuildResult result) throws InterruptedException {
        for (CacheExport export : exports) {
            try {
                write(export, export.isMax() ? result.steps() : result.resultSteps());
            } catch (IOException | ImageFaultException failed) {
                var reason = new CacheNotWrittenException(failed);
                if (!export.ignoresErrors()) {
                    throw reason;
                }
                warnings.accept("[Warning] " + reason.getMessage() + "\n");
            }
        }
    }

    private void write(CacheExport export, List<UsedStep> steps) throws IOException, InterruptedException {
        switch (export.place()) {
            case CachePlace.Directory(var path, var tag, var digest) ->
                new CacheDirectory(path, tag).write(steps, export.form(), local.content(), lease);
            case CachePlace.Registry(Reference reference) ->
                push(
                        reference,
                        CacheArtifact.write(steps, export.form(), local.content(), lease)
                                .digest());
            case CachePlace.Here(Reference reference) -> throw new IllegalStateException("nobody exports to an image");
            case CachePlace.Inline() -> {
                // The image has it already.
            }
        }
    }

    /// In our own registry it gets a name; elsewhere it needs none here.
    private void push(Reference reference, Digest manifest) throws IOException, InterruptedException {
        if (local.images().isOwn(reference)) {
            local.images().tag(reference, manifest);
        } else {
            registries.push(reference, manifest, auth.of(reference), (id, status, done, total) -> {});
        }
    }
}
