package dev.longshore.images;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import tools.jackson.databind.JsonNode;

/// Images as one file: writes what both `docker load` and OCI tools read (an OCI image layout with Docker's
/// `manifest.json` besides), reads either. Thread-safe.
public final class ImageArchive {

    private static final String NAME = "io.containerd.image.name";
    private static final String TAG = "org.opencontainers.image.ref.name";

    private final LocalImages local;

    /// Of images in `local`.
    public ImageArchive(LocalImages local) {
        this.local = local;
    }

    /// Writes `images`, each under its names, to `out`; leaves `out` open.
    public void save(List<Image> images, OutputStream out) throws IOException {
        var tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        var blobs = new TreeSet<String>();
        var index = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
        var manifests = index.putArray("manifests");
        var docker = Json.array();
        for (Image image : images) {
            blobs.add(image.manifestDigest().toString());
            image.manifest()
                    .children()
                    .forEach(child -> blobs.add(child.digest().toString()));
            var entry = docker.addObject();
            entry.put("Config", blobPath(image.id()));
            var tags = entry.putArray("RepoTags");
            image.names().forEach(name -> tags.add(name.familiar()));
            var layers = entry.putArray("Layers");
            image.manifest().layers().forEach(layer -> layers.add(blobPath(layer.digest())));
            var descriptor = Descriptor.of(
                    image.manifest().mediaType(),
                    image.manifestDigest(),
                    local.content().size(image.manifestDigest()));
            if (image.names().isEmpty()) {
                manifests.add(descriptor.json());
            }
            for (Reference name : image.names()) {
                var named = descriptor.json();
                named.putObject("annotations")
                        .put(NAME, name.toString())
                        .put(TAG, name.tag().orElse(""));
                manifests.add(named);
            }
        }
        put(tar, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
        put(tar, "index.json", Json.bytes(index));
        put(tar, "manifest.json", Json.bytes(docker));
        for (String blob : blobs) {
            Digest digest = Digest.parse(blob);
            var entry = entry(blobPath(digest), local.content().size(digest));
            tar.putArchiveEntry(entry);
            try (InputStream in = local.content().open(digest)) {
                in.transferTo(tar);
            }
            tar.closeArchiveEntry();
        }
        tar.finish();
        out.flush();
    }

    /// Reads images out of the archive `in` and names them as it says. Returns them with those names only.
    ///
    /// @throws ImageFaultException when it holds none, or damaged ones
    public List<Image> load(InputStream in) throws IOException {
        Path staged = local.layers().stage("load");
        try (Leases.Lease lease = local.content().leases().open()) {
            local.layers().unpackFiles(in, staged);
            var files = local.layers().merged(List.of(staged));
            Optional<byte[]> docker = read(files, "manifest.json");
            Optional<byte[]> index = read(files, "index.json");
            var targets = new LinkedHashMap<Digest, Set<Reference>>();
            if (docker.isPresent()) {
                for (JsonNode entry : parse(docker.get())) {
                    docker(files, entry, lease, targets);
                }
            } else if (index.isPresent()) {
                for (JsonNode entry : parse(index.get()).path("manifests")) {
                    layout(files, entry, lease, targets);
                }
            } else {
                throw malformed("neither manifest.json nor index.json is in it");
            }
            var images = new ArrayList<Image>();
            for (var target : targets.entrySet()) {
                local.images()
                        .byTarget(target.getKey())
                        .ifPresent(image -> images.add(image.only(List.copyOf(target.getValue()))));
            }
            return images;
        } finally {
            local.layers().discard(staged);
        }
    }

    private void docker(MergedTree files, JsonNode entry, Leases.Lease lease, Map<Digest, Set<Reference>> targets)
            throws IOException {
        byte[] config =
                read(files, entry.path("Config").asString("")).orElseThrow(() -> malformed("the config is missing"));
        ImageConfig parsed = ImageConfig.parse(config);
        var layers = new ArrayList<Descriptor>();
        for (JsonNode layer : entry.path("Layers")) {
            layers.add(layer(file(files, layer.asString("")), lease));
        }
        if (layers.size() != parsed.diffIds().size()) {
            throw malformed("as many layers as the config names are wanted");
        }
        lease.keep(Digest.sha256(config));
        Descriptor configuration = local.content().put(MediaTypes.OCI_CONFIG, config);
        byte[] manifest = new Manifest.Image(MediaTypes.OCI_MANIFEST, configuration, layers, Optional.empty()).bytes();
        lease.keep(Digest.sha256(manifest));
        Digest target = local.content().put(MediaTypes.OCI_MANIFEST, manifest).digest();
        local.images().add("", target);
        Set<Reference> names = targets.computeIfAbsent(target, t -> new LinkedHashSet<>());
        for (JsonNode tag : entry.path("RepoTags")) {
            name(tag.asString(""), target, names);
        }
    }

    private Descriptor layer(Path file, Leases.Lease lease) throws IOException {
        String type = MediaTypes.OCI_LAYER;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] magic = in.readNBytes(2);
            if (magic.length == 2 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b) {
                type = MediaTypes.OCI_LAYER_GZIP;
            } else if (magic.length == 2 && magic[0] == 0x28 && (magic[1] & 0xff) == 0xb5) {
                type = MediaTypes.OCI_LAYER + "+zstd";
            }
        }
        try (BlobWriter writer = local.content().writer();
                InputStream in = Files.newInputStream(file)) {
            in.transferTo(writer);
            long size = writer.size();
            return Descriptor.of(type, writer.commit(lease), size);
        }
    }

    private void layout(MergedTree files, JsonNode entry, Leases.Lease lease, Map<Digest, Set<Reference>> targets)
            throws IOException {
        Descriptor top = Descriptor.read(entry, "index.json");
        blob(files, top, lease, 0);
        local.images().add("", top.digest());
        String name = entry.path("annotations").path(NAME).asString("");
        String tag = entry.path("annotations").path(TAG).asString("");
        String wanted = name.isEmpty() && tag.contains("/") ? tag : name;
        Set<Reference> names = targets.computeIfAbsent(top.digest(), t -> new LinkedHashSet<>());
        if (!wanted.isEmpty()) {
            name(wanted, top.digest(), names);
        }
    }

    private void name(String text, Digest target, Set<Reference> names) throws IOException {
        Reference name = local.images().canonical(Reference.parse(text));
        local.images().tag(name, target);
        names.add(name);
    }

    private void blob(MergedTree files, Descriptor blob, Leases.Lease lease, int depth) throws IOException {
        lease.keep(blob.digest());
        if (!local.content().has(blob.digest())) {
            Optional<Path> there = files.find(files.resolve(blobPath(blob.digest())));
            if (there.isEmpty() && depth > 0 && MediaTypes.isManifest(blob.mediaType())) {
                return; // An image for another platform that was not saved.
            }
            try (InputStream in = Files.newInputStream(file(files, blobPath(blob.digest())))) {
                local.content().write(in, blob);
            }
        }
        if (MediaTypes.isManifest(blob.mediaType()) && depth < 4) {
            for (Descriptor child : Manifest.parse(local.content().read(blob.digest()), blob.mediaType())
                    .children()) {
                blob(files, child, lease, depth + 1);
            }
        }
    }

    private static Optional<byte[]> read(MergedTree files, String path) throws IOException {
        Optional<Path> there = files.find(files.resolve(path));
        if (path.isEmpty() || there.isEmpty() || !Files.isRegularFile(there.get(), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (Files.size(there.get()) > Manifest.LARGEST) {
            throw malformed(path + " is too large");
        }
        return Optional.of(Files.readAllBytes(there.get()));
    }

    private static Path file(MergedTree files, String path) throws IOException {
        Optional<Path> there = files.find(files.resolve(path));
        if (there.isEmpty() || !Files.isRegularFile(there.get(), LinkOption.NOFOLLOW_LINKS)) {
            throw malformed(path + " is missing");
        }
        return there.get();
    }

    private static JsonNode parse(byte[] bytes) {
        try {
            return Json.parse(bytes);
        } catch (Json.MalformedException wrong) {
            throw new ImageFaultException(new ImageFault.Malformed("image archive", wrong.getMessage()), wrong);
        }
    }

    private static String blobPath(Digest digest) {
        return "blobs/" + digest.algorithm() + "/" + digest.hex();
    }

    private static void put(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        tar.putArchiveEntry(entry(name, content.length));
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static TarArchiveEntry entry(String name, long size) {
        var entry = new TarArchiveEntry(name);
        entry.setSize(size);
        entry.setMode(0644);
        entry.setModTime(0L);
        return entry;
    }

    private static ImageFaultException malformed(String why) {
        return new ImageFaultException(new ImageFault.Malformed("image archive", why));
    }
}
