package dev.longshore.images.distribution;

import dev.longshore.base.Digest;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Leases;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Manifest;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Sends images: blobs at once, then the manifest that needs them.
final class ImagePush {

    private final LocalImages local;
    private final BlobPush blobs;
    private final int parallel;

    ImagePush(LocalImages local, int parallel) {
        this.local = local;
        this.blobs = new BlobPush(local.content());
        this.parallel = parallel;
    }

    void push(RegistryConnection connection, Reference wanted, Descriptor top, MountSources mounts, Progress progress)
            throws IOException, InterruptedException {
        try (Leases.Lease lease = local.content().leases().open()) {
            lease.keep(top.digest());
            String name = wanted.tag().orElseGet(() -> top.digest().toString());
            push(connection, top, name, mounts, progress);
        }
    }

    private void push(
            RegistryConnection connection, Descriptor descriptor, String name, MountSources mounts, Progress progress)
            throws IOException, InterruptedException {
        byte[] bytes = local.content().read(descriptor.digest());
        Manifest manifest = Manifest.parse(bytes, "");
        switch (manifest) {
            case Manifest.Index index -> {
                for (Descriptor child : index.manifests()) {
                    if (MediaTypes.isManifest(child.mediaType())
                            && local.content().has(child.digest())) {
                        push(connection, child, child.digest().toString(), mounts, progress);
                    }
                }
                // A cache may be an index of layers.
                List<Descriptor> others = index.manifests().stream()
                        .filter(child -> !MediaTypes.isManifest(child.mediaType()))
                        .toList();
                pushBlobs(connection, others, mounts, progress);
            }
            case Manifest.Image image -> pushBlobs(connection, image.children(), mounts, progress);
        }
        HttpResponse<InputStream> response = connection.send(
                "PUT",
                connection.address("manifests/" + name),
                Map.of("Content-Type", manifest.mediaType()),
                RegistryConnection.Body.of(bytes));
        if (response.statusCode() != 201) {
            throw connection.refused(response, "manifest " + name);
        }
        response.body().close();
        Optional<Digest> subject = manifest.subject();
        if (subject.isPresent() && response.headers().firstValue("OCI-Subject").isEmpty()) {
            ReferrerTags.add(connection, subject.get(), descriptor, bytes);
        }
        progress.at("", name + ": digest: " + descriptor.digest() + " size: " + bytes.length);
    }

    private void pushBlobs(RegistryConnection connection, List<Descriptor> all, MountSources mounts, Progress progress)
            throws IOException, InterruptedException {
        List<Descriptor> sent = all.stream()
                .filter(child -> !MediaTypes.isForeign(child.mediaType())
                        || local.content().has(child.digest()))
                .distinct()
                .toList();
        var tasks = new ArrayList<Parallel.Task>();
        for (Descriptor blob : sent) {
            tasks.add(() -> blobs.push(connection, blob, mounts.of(blob.digest()), progress));
        }
        Parallel.run(tasks, parallel);
    }
}
