package dev.longshore.builder.cache;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.images.ContentStore;
import dev.longshore.images.Descriptor;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Leases;
import dev.longshore.images.Manifest;
import dev.longshore.images.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A directory with a cache that travels: an OCI image layout. Its index is written last, each file in one move, so
/// that whoever reads it meanwhile sees the old cache or the new one.
public final class CacheDirectory {

    private static final int LARGEST_INDEX = 4 << 20;
    private static final String NAME = "org.opencontainers.image.ref.name";

    /// What the one cache is called if nobody says.
    public static final String USUAL_TAG = "latest";

    private final Path root;
    private final String tag;

    /// At `root`, which need not be there to be written, under the name `tag` there.
    public CacheDirectory(Path root, String tag) {
        this.root = root;
        this.tag = tag;
    }

    /// Writes `steps`; blobs that are there already stay as they are, and so do caches with other names.
    public void write(List<UsedStep> steps, CacheForm form, ContentStore content, Leases.Lease lease)
            throws IOException {
        Descriptor manifest = CacheArtifact.write(steps, form, content, lease);
        byte[] bytes = content.read(manifest.digest());
        Files.createDirectories(root.resolve("blobs/sha256"));
        for (Descriptor child : Manifest.parse(bytes, "").children()) {
            copy(child.digest(), content);
        }
        copy(manifest.digest(), content);
        put(root.resolve("oci-layout"), Json.bytes(Json.object().put("imageLayoutVersion", "1.0.0")));
        ObjectNode index = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
        ArrayNode manifests = index.putArray("manifests");
        others().forEach(manifests::add);
        ObjectNode entry = manifest.json();
        if (form.isImage()) {
            entry.put("artifactType", CacheArtifact.TYPE);
        }
        entry.putObject("annotations").put(NAME, tag);
        manifests.add(entry);
        put(root.resolve("index.json"), Json.bytes(index));
    }

    private List<JsonNode> others() throws IOException {
        try {
            return Json.parse(small(root.resolve("index.json")))
                    .path("manifests")
                    .valueStream()
                    .filter(entry -> !isMine(entry))
                    .toList();
        } catch (NoSuchFileException | Json.MalformedException none) {
            return List.of();
        }
    }

    private boolean isMine(JsonNode entry) {
        return entry.path("annotations").path(NAME).asString(USUAL_TAG).equals(tag);
    }

    /// Reads what [#write] wrote, or what has the digest `wanted`; layers are fetched into `content` when they are
    /// needed.
    ///
    /// @throws IOException when there is none, or it is damaged
    public ImportedCache read(Optional<Digest> wanted, ContentStore content) throws IOException, InterruptedException {
        try {
            Digest manifest = wanted.isPresent() ? wanted.get() : named();
            return ImportedCache.of(blob(manifest), small -> blob(small.digest()), content, layer -> {
                try (InputStream in = Files.newInputStream(place(layer.digest()))) {
                    content.write(in, layer);
                }
            });
        } catch (NoSuchFileException absent) {
            throw new IOException("there is no build cache in " + root, absent);
        } catch (Json.MalformedException | IllegalArgumentException | ImageFaultException wrong) {
            throw new IOException("the build cache in " + root + " is damaged: " + wrong.getMessage(), wrong);
        }
    }

    private Digest named() throws IOException {
        for (JsonNode entry : Json.parse(small(root.resolve("index.json"))).path("manifests")) {
            if (isMine(entry)) {
                return Digest.parse(entry.path("digest").asString(""));
            }
        }
        throw new IOException("there is no build cache called " + tag + " in " + root);
    }

    private byte[] blob(Digest digest) throws IOException {
        byte[] bytes = small(place(digest));
        if (!Digest.sha256(bytes).equals(digest)) {
            throw new IOException("the build cache in " + root + " is damaged: " + digest + " is something else");
        }
        return bytes;
    }

    private byte[] small(Path file) throws IOException {
        if (Files.size(file) > LARGEST_INDEX) {
            throw new IOException(file + " is too large");
        }
        return Files.readAllBytes(file);
    }

    private Path place(Digest digest) {
        return root.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
    }

    private void copy(Digest digest, ContentStore content) throws IOException {
        Path place = place(digest);
        if (Files.exists(place)) {
            return;
        }
        Path fresh = fresh();
        try (InputStream in = content.open(digest)) {
            Files.copy(in, fresh);
            Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private void put(Path place, byte[] bytes) throws IOException {
        Path fresh = fresh();
        Files.write(fresh, bytes);
        Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path fresh() {
        return root.resolve(".new-" + UUID.randomUUID());
    }
}
