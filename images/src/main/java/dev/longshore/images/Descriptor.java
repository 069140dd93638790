package dev.longshore.images;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Points at content: what it is, its digest, its size (image-spec, descriptor.md).
public record Descriptor(
        String mediaType, Digest digest, long size, Optional<Platform> platform, Map<String, String> annotations) {

    public Descriptor {
        if (size < 0) {
            throw new IllegalArgumentException("negative size: " + size);
        }
        annotations = Map.copyOf(annotations);
    }

    /// Without platform and annotations.
    public static Descriptor of(String mediaType, Digest digest, long size) {
        return new Descriptor(mediaType, digest, size, Optional.empty(), Map.of());
    }

    /// True for provenance and the like that BuildKit puts beside images in an index.
    public boolean isAttestation() {
        return "attestation-manifest".equals(annotations.get("vnd.docker.reference.type"));
    }

    static Descriptor read(JsonNode tree, String where) {
        try {
            var annotations = new TreeMap<String, String>();
            tree.path("annotations")
                    .properties()
                    .forEach(e -> annotations.put(e.getKey(), e.getValue().asString("")));
            return new Descriptor(
                    tree.path("mediaType").asString(""),
                    Digest.parse(tree.path("digest").asString("")),
                    tree.path("size").asLong(-1),
                    tree.path("platform").isObject()
                            ? Optional.of(Platform.of(tree.path("platform")))
                            : Optional.empty(),
                    annotations);
        } catch (IllegalArgumentException bad) {
            throw new ImageFaultException(new ImageFault.Malformed(where, bad.getMessage()), bad);
        }
    }

    /// As JSON.
    public ObjectNode json() {
        ObjectNode tree = Json.object()
                .put("mediaType", mediaType)
                .put("digest", digest.toString())
                .put("size", size);
        if (!annotations.isEmpty()) {
            ObjectNode notes = tree.putObject("annotations");
            new TreeMap<>(annotations).forEach(notes::put);
        }
        platform.ifPresent(p -> {
            ObjectNode inner = tree.putObject("platform")
                    .put("architecture", p.architecture())
                    .put("os", p.os());
            p.variant().ifPresent(v -> inner.put("variant", v));
            p.osVersion().ifPresent(version -> inner.put("os.version", version));
        });
        return tree;
    }
}
