package dev.longshore.builder.cache;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.images.ContentStore;
import dev.longshore.images.Descriptor;
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
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A directory with a cache that travels: an OCI image layout. Its index is written last, each file in one move, so
/// that whoever reads it meanwhile sees the old cache or the new one.
public final class CacheDirectory {

    private static final int LARGEST_INDEX = 4 << 20;
    private static final String NAME = "org.opencontainers.image.ref.name";

    private final Path root;

    /// At `root`, which need not be there to be written.
    public CacheDirectory(Path root) {
        this.root = root;
    }

    /// Writes `steps`; blobs that are there already stay as they are.
    public void write(List<UsedStep> steps, ContentStore content, Leases.Lease lease) throws IOException {
        Descriptor manifest = CacheArtifact.write(steps, content, lease);
        byte[] bytes = content.read(manifest.digest());
        Files.createDirectories(root.resolve("blobs/sha256"));
        for (Descriptor child : Manifest.parse(bytes, "").children()) {
            copy(child.digest(), content);
        }
        copy(manifest.digest(), content);
        put(root.resolve("oci-layout"), Json.bytes(Json.object().put("imageLayoutVersion", "1.0.0")));
        ObjectNode index = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
        ObjectNode entry = manifest.json().put("artifactType", CacheArtifact.TYPE);
        entry.putObject("annotations").put(NAME, "latest");
        index.putArray("manifests").add(entry);
        put(root.resolve("index.json"), Json.bytes(index));
    }

    /// Reads what [#write] wrote; layers are fetched into `content` when they are needed.
    ///
    /// @throws IOException when there is none, or it is damaged
    public ImportedCache read(ContentStore content) throws IOException {
        try {
            JsonNode index = Json.parse(small(root.resolve("index.json")));
            Digest manifest =
                    Digest.parse(index.path("manifests").path(0).path("digest").asString(""));
            Descriptor config = CacheArtifact.config(blob(manifest));
            return new ImportedCache(blob(config.digest()), content, layer -> {
                try (InputStream in = Files.newInputStream(place(layer.digest()))) {
                    content.write(in, layer);
                }
            });
        } catch (NoSuchFileException absent) {
            throw new IOException("there is no build cache in " + root, absent);
        } catch (Json.MalformedException | IllegalArgumentException wrong) {
            throw new IOException("the build cache in " + root + " is damaged: " + wrong.getMessage(), wrong);
        }
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
