package dev.longshore.images;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Takes images out of an unpacked archive: OCI's layout where there is one, for it keeps digests and platforms
/// whole, else Docker's `manifest.json`. Every layer is unpacked and so checked before anything is named. For one
/// archive.
final class ArchiveReader {

    private static final int LARGEST_DEPTH = 4;

    private final LocalImages local;
    private final ArchiveFiles files;
    private final Leases.Lease lease;
    private final Optional<Platform> only;
    private final Set<Digest> seen = new HashSet<>();
    private final Map<Digest, Set<Reference>> targets = new LinkedHashMap<>();

    ArchiveReader(LocalImages local, ArchiveFiles files, Leases.Lease lease, Optional<Platform> only) {
        this.local = local;
        this.files = files;
        this.lease = lease;
        this.only = only;
    }

    List<Image> read() throws IOException, InterruptedException {
        Optional<JsonNode> index = files.json("index.json");
        Optional<JsonNode> docker = files.json("manifest.json");
        if (index.isPresent()) {
            for (JsonNode entry : index.get().path("manifests")) {
                layout(entry, docker);
            }
        } else if (docker.isPresent()) {
            for (JsonNode entry : docker.get()) {
                docker(entry);
            }
        } else {
            throw ArchiveFiles.malformed("neither index.json nor manifest.json is in it");
        }
        if (targets.isEmpty()) {
            throw ArchiveFiles.malformed("no image is in it");
        }
        var images = new ArrayList<Image>();
        for (Digest target : targets.keySet()) {
            unpack(target);
        }
        for (var target : targets.entrySet()) {
            local.images().add("", target.getKey());
            for (Reference name : target.getValue()) {
                local.images().tag(name, target.getKey());
            }
            local.images()
                    .byTarget(target.getKey())
                    .ifPresent(image -> images.add(image.only(List.copyOf(target.getValue()))));
        }
        return images;
    }

    /// Takes `wanted` and all below it that is here, without a name.
    void take(Digest wanted) throws IOException {
        byte[] manifest = files.bytes(ArchiveWriter.path(wanted));
        String type = Manifest.parse(manifest, "").mediaType();
        blob(Descriptor.of(type, wanted, manifest.length), 0);
    }

    private void unpack(Digest target) throws IOException, InterruptedException {
        Optional<Image> image = local.images().byTarget(target);
        if (image.isEmpty()) {
            throw ArchiveFiles.malformed("what " + target + " describes is no whole image");
        }
        image.get().config().chainIds().forEach(lease::keep);
        local.layers().directories(image.get().manifest(), image.get().config());
    }

    private void layout(JsonNode entry, Optional<JsonNode> docker) throws IOException {
        Descriptor top = Descriptor.read(entry, "index.json");
        blob(top, 0);
        if (MediaTypes.isManifest(top.mediaType())) {
            Digest target = selected(top);
            Set<Reference> names = targets.computeIfAbsent(target, t -> new LinkedHashSet<>());
            String name = top.annotations().getOrDefault(ArchiveWriter.NAME, "");
            String tag = top.annotations().getOrDefault(ArchiveWriter.TAG, "");
            if (!name.isEmpty()) {
                names.add(name(name));
            } else if (docker.isPresent()) {
                names.addAll(dockerNames(docker.get(), target));
            } else if (tag.contains("/") || tag.contains(":")) {
                names.add(name(tag)); // podman and skopeo put whole names there.
            }
        }
    }

    private Digest selected(Descriptor top) throws IOException {
        if (only.isEmpty() || !MediaTypes.isIndex(top.mediaType())) {
            return top.digest();
        }
        var manifest = Manifest.parse(local.content().read(top.digest()), top.mediaType());
        return manifest.children().stream()
                .filter(child -> !child.isAttestation()
                        && child.platform().map(only.get()::accepts).orElse(false)
                        && local.content().has(child.digest()))
                .findFirst()
                .map(Descriptor::digest)
                .orElseThrow(() -> ArchiveFiles.malformed("no image for " + only.get() + " is in it"));
    }

    private Set<Reference> dockerNames(JsonNode docker, Digest target) throws IOException {
        var names = new LinkedHashSet<Reference>();
        Optional<Image> image = local.images().byTarget(target);
        for (JsonNode entry : docker) {
            boolean isSame = image.isPresent()
                    && Digest.sha256(files.bytes(entry.path("Config").asString("")))
                            .equals(image.get().id());
            if (isSame) {
                entry.path("RepoTags").forEach(tag -> names.add(name(tag.asString(""))));
            }
        }
        return names;
    }

    private void docker(JsonNode entry) throws IOException {
        byte[] config = files.bytes(entry.path("Config").asString(""));
        ImageConfig parsed = ImageConfig.parse(config);
        Digest id = Digest.sha256(config);
        if (entry.path("Layers").size() != parsed.diffIds().size()) {
            throw ArchiveFiles.malformed("%d layers where %d are wanted"
                    .formatted(entry.path("Layers").size(), parsed.diffIds().size()));
        }
        // The image may have come another way, compressed: then it is here already, and that manifest counts.
        Optional<Image> known = local.images().byId(id);
        Digest target = known.isPresent() && isWhole(known.get()) ? known.get().target() : assemble(entry, config);
        Set<Reference> names = targets.computeIfAbsent(target, t -> new LinkedHashSet<>());
        entry.path("RepoTags").forEach(tag -> names.add(name(tag.asString(""))));
    }

    private boolean isWhole(Image image) {
        lease.keep(image.target());
        lease.keep(image.manifestDigest());
        image.manifest().children().forEach(child -> lease.keep(child.digest()));
        return local.content().has(image.target())
                && local.content().has(image.manifestDigest())
                && image.manifest().children().stream()
                        .allMatch(child -> local.content().has(child.digest()));
    }

    private Digest assemble(JsonNode entry, byte[] config) throws IOException {
        var layers = new ArrayList<Descriptor>();
        for (JsonNode layer : entry.path("Layers")) {
            layers.add(layer(files.get(layer.asString(""))));
        }
        lease.keep(Digest.sha256(config));
        Descriptor configuration = local.content().put(MediaTypes.OCI_CONFIG, config);
        byte[] manifest = new Manifest.Image(MediaTypes.OCI_MANIFEST, configuration, layers, Optional.empty()).bytes();
        lease.keep(Digest.sha256(manifest));
        return local.content().put(MediaTypes.OCI_MANIFEST, manifest).digest();
    }

    private Descriptor layer(Path file) throws IOException {
        try (BlobWriter writer = local.content().writer();
                InputStream in = Files.newInputStream(file)) {
            byte[] magic = in.readNBytes(4);
            writer.write(magic);
            in.transferTo(writer);
            long size = writer.size();
            String type = MediaTypes.OCI_LAYER + Compression.mediaTypeSuffix(magic);
            return Descriptor.of(type, writer.commit(lease), size);
        }
    }

    private Reference name(String text) {
        return local.images().canonical(Reference.parse(text));
    }

    private void blob(Descriptor blob, int depth) throws IOException {
        if (!seen.add(blob.digest())) {
            return;
        }
        lease.keep(blob.digest());
        if (!local.content().has(blob.digest())) {
            String path = ArchiveWriter.path(blob.digest());
            boolean mayBeAbsent = depth > 0 && MediaTypes.isManifest(blob.mediaType());
            if (mayBeAbsent && files.find(path).isEmpty()) {
                return; // An image for another platform that was not saved.
            }
            try (InputStream in = Files.newInputStream(files.get(path))) {
                local.content().write(in, blob);
            }
        }
        if (MediaTypes.isManifest(blob.mediaType()) && depth < LARGEST_DEPTH) {
            for (Descriptor child : Manifest.parse(local.content().read(blob.digest()), blob.mediaType())
                    .children()) {
                blob(child, depth + 1);
            }
        }
    }
}
