package dev.longshore.images;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes images as an archive: OCI's layout, with Docker's `manifest.json` and `repositories` besides. The same
/// images give the same bytes. For one archive.
final class ArchiveWriter {

    static final String NAME = "io.containerd.image.name";
    static final String TAG = "org.opencontainers.image.ref.name";

    private final LocalImages local;
    private final Leases.Lease lease;
    private final boolean isOnePlatform;
    private final Set<String> blobs = new TreeSet<>();

    ArchiveWriter(LocalImages local, Leases.Lease lease, boolean isOnePlatform) {
        this.local = local;
        this.lease = lease;
        this.isOnePlatform = isOnePlatform;
    }

    void write(List<Image> images, OutputStream out) throws IOException {
        var index = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
        var manifests = index.putArray("manifests");
        var docker = Json.array();
        var repositories = Json.object();
        for (Image image : images) {
            Digest top = isOnePlatform ? image.manifestDigest() : image.target();
            gather(top);
            docker.add(docker(image));
            name(image, top, manifests, repositories);
        }
        var tar = new TarWriter(out);
        put(tar, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
        put(tar, "index.json", Json.bytes(index));
        put(tar, "manifest.json", Json.bytes(docker));
        if (!repositories.isEmpty()) {
            put(tar, "repositories", Json.bytes(repositories));
        }
        for (String blob : blobs) {
            Digest digest = Digest.parse(blob);
            try (InputStream in = local.content().open(digest)) {
                tar.add(TarEntry.file(path(digest), local.content().size(digest)), in);
            }
        }
        tar.finish();
    }

    static String path(Digest digest) {
        return "blobs/" + digest.algorithm() + "/" + digest.hex();
    }

    /// What the tree under `top` holds, as far as it is here; what an image needs must be.
    private void gather(Digest top) throws IOException {
        for (Digest digest : local.images().reachable(Set.of(top))) {
            lease.keep(digest);
            if (local.content().has(digest)) {
                blobs.add(digest.toString());
            }
        }
    }

    private static ObjectNode docker(Image image) {
        ObjectNode entry = Json.object().put("Config", path(image.id()));
        ArrayNode tags = entry.putArray("RepoTags");
        image.names().forEach(name -> tags.add(name.familiar()));
        ArrayNode layers = entry.putArray("Layers");
        image.manifest().layers().forEach(layer -> layers.add(path(layer.digest())));
        return entry;
    }

    private void name(Image image, Digest top, ArrayNode manifests, ObjectNode repositories) throws IOException {
        byte[] bytes = local.content().read(top);
        var descriptor = Descriptor.of(Manifest.parse(bytes, "").mediaType(), top, bytes.length);
        if (image.names().isEmpty()) {
            manifests.add(descriptor.json());
        }
        for (Reference name : image.names()) {
            var named = descriptor.json();
            named.putObject("annotations")
                    .put(NAME, name.toString())
                    .put(TAG, name.tag().orElse(""));
            manifests.add(named);
            List<Descriptor> layers = image.manifest().layers();
            repositories
                    .withObject(
                            "/" + name.familiarRepository().replace("~", "~0").replace("/", "~1"))
                    .put(
                            name.tag().orElse(""),
                            layers.isEmpty() ? "" : layers.getLast().digest().hex());
        }
    }

    private static void put(TarWriter tar, String name, byte[] content) throws IOException {
        tar.add(TarEntry.file(name, content.length), new ByteArrayInputStream(content));
    }
}
