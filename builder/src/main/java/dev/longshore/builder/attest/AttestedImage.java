package dev.longshore.builder.attest;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.images.ContentStore;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Leases;
import dev.longshore.images.Manifest;
import dev.longshore.images.MediaTypes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Puts statements beside their image, as BuildKit stores them: an index of the image's manifest and of one manifest
/// whose layers are the statements.
///
/// ```
/// index ──► image manifest            linux/amd64
///       └─► attestation manifest      unknown/unknown, says which image it is about
///             └─► config, statements
/// ```
final class AttestedImage {

    private static final String STATEMENT = "application/vnd.in-toto+json";

    private final ContentStore content;
    private final Leases.Lease lease;

    /// @param lease keeps all that is written
    AttestedImage(ContentStore content, Leases.Lease lease) {
        this.content = content;
        this.lease = lease;
    }

    /// Writes the index; returns its digest.
    Digest write(Subject subject, List<Statement> statements) throws IOException {
        var layers = new ArrayList<Descriptor>();
        for (Statement statement : statements) {
            Descriptor blob = put(STATEMENT, statement.bytes());
            layers.add(new Descriptor(
                    STATEMENT,
                    blob.digest(),
                    blob.size(),
                    Optional.empty(),
                    Map.of("in-toto.io/predicate-type", statement.type())));
        }
        Descriptor config = put(MediaTypes.OCI_CONFIG, Json.bytes(config(layers)));
        Descriptor manifest = put(
                MediaTypes.OCI_MANIFEST,
                new Manifest.Image(MediaTypes.OCI_MANIFEST, config, layers, Optional.empty()).bytes());
        return put(MediaTypes.OCI_INDEX, Json.bytes(index(subject, manifest))).digest();
    }

    private ObjectNode index(Subject subject, Descriptor manifest) throws IOException {
        byte[] image = content.read(subject.manifest());
        ObjectNode index = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
        ArrayNode manifests = index.putArray("manifests");
        manifests.add(new Descriptor(
                        Manifest.parse(image, "").mediaType(),
                        subject.manifest(),
                        image.length,
                        Optional.of(subject.platform()),
                        Map.of())
                .json());
        manifests.add(new Descriptor(
                        manifest.mediaType(),
                        manifest.digest(),
                        manifest.size(),
                        Optional.of(new dev.longshore.images.Platform("unknown", "unknown", Optional.empty())),
                        Map.of(
                                "vnd.docker.reference.type",
                                "attestation-manifest",
                                "vnd.docker.reference.digest",
                                subject.manifest().toString()))
                .json());
        return index;
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
