package dev.longshore.builder.attest;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.images.ContentStore;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Leases;
import dev.longshore.images.Manifest;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Puts images of several platforms, and statements beside their image, into an index, as BuildKit stores them: first
/// the images, then for each that something is said of one manifest whose layers are the statements.
///
/// ```
/// index ──► image manifest            linux/amd64
///       ├─► image manifest            linux/arm64
///       ├─► attestation manifest      unknown/unknown, says which image it is about
///       │     └─► config, statements
///       └─► attestation manifest      …
/// ```
final class ImageIndex {

    private static final String STATEMENT = "application/vnd.in-toto+json";
    private static final Platform NO_PLATFORM = new Platform("unknown", "unknown", Optional.empty());

    private final ContentStore content;
    private final Leases.Lease lease;

    /// @param lease keeps all that is written
    ImageIndex(ContentStore content, Leases.Lease lease) {
        this.content = content;
        this.lease = lease;
    }

    /// Writes the index; returns its digest.
    Digest write(List<AttestedImage> images) throws IOException {
        ObjectNode index = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
        ArrayNode manifests = index.putArray("manifests");
        for (AttestedImage image : images) {
            manifests.add(descriptor(image.subject()).json());
        }
        for (AttestedImage image : images) {
            if (!image.claims().isEmpty()) {
                manifests.add(beside(image).json());
            }
        }
        return put(MediaTypes.OCI_INDEX, Json.bytes(index)).digest();
    }

    private Descriptor descriptor(Subject subject) throws IOException {
        byte[] image = content.read(subject.manifest());
        return new Descriptor(
                Manifest.parse(image, "").mediaType(),
                subject.manifest(),
                image.length,
                Optional.of(subject.platform()),
                Map.of());
    }

    private Descriptor beside(AttestedImage image) throws IOException {
        var layers = new ArrayList<Descriptor>();
        for (Claim claim : image.claims()) {
            Descriptor blob = put(STATEMENT, image.subject().says(claim).bytes());
            layers.add(new Descriptor(
                    STATEMENT,
                    blob.digest(),
                    blob.size(),
                    Optional.empty(),
                    Map.of("in-toto.io/predicate-type", claim.type())));
        }
        Descriptor config = put(MediaTypes.OCI_CONFIG, Json.bytes(config(layers)));
        Descriptor manifest = put(
                MediaTypes.OCI_MANIFEST,
                new Manifest.Image(MediaTypes.OCI_MANIFEST, config, layers, Optional.empty()).bytes());
        return new Descriptor(
                manifest.mediaType(),
                manifest.digest(),
                manifest.size(),
                Optional.of(NO_PLATFORM),
                Map.of(
                        "vnd.docker.reference.type",
                        "attestation-manifest",
                        "vnd.docker.reference.digest",
                        image.subject().manifest().toString()));
    }

    private static ObjectNode config(List<Descriptor> layers) {
        ObjectNode config = Json.object().put("architecture", "unknown").put("os", "unknown");
        config.putObject("config");
        ArrayNode ids = config.putObject("rootfs").put("type", "layers").putArray("diff_ids");
        layers.forEach(layer -> ids.add(layer.digest().toString()));
        return config;
    }

    private Descriptor put(String mediaType, byte[] bytes) throws IOException {
        lease.keep(Digest.sha256(bytes));
        return content.put(mediaType, bytes);
    }
}
