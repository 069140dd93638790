package dev.longshore.images;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a manifest says: OCI's or Docker's schema 2, one image or a list of them.
public sealed interface Manifest {

    /// Larger manifests are refused, as registries do.
    int LARGEST = 4 << 20;

    /// Its media type.
    String mediaType();

    /// Everything that it points at directly.
    List<Descriptor> children();

    /// What this is about, if it is a signature, an SBOM and the like.
    Optional<Digest> subject();

    /// One image (or another artefact): a config and layers, bottom first.
    record Image(String mediaType, Descriptor config, List<Descriptor> layers, Optional<Digest> subject)
            implements Manifest {
        public Image {
            layers = List.copyOf(layers);
        }

        @Override
        public List<Descriptor> children() {
            var children = new ArrayList<>(layers);
            children.addFirst(config);
            return List.copyOf(children);
        }

        /// Its bytes.
        public byte[] bytes() {
            ObjectNode tree = Json.object().put("schemaVersion", 2).put("mediaType", mediaType);
            tree.set("config", config.json());
            var array = tree.putArray("layers");
            layers.forEach(layer -> array.add(layer.json()));
            return Json.bytes(tree);
        }
    }

    /// Images of one name for several platforms.
    record Index(String mediaType, List<Descriptor> manifests, Optional<Digest> subject) implements Manifest {
        public Index {
            manifests = List.copyOf(manifests);
        }

        @Override
        public List<Descriptor> children() {
            return manifests;
        }

        /// Images of this list in the order in which one tries them on `platform`: those that fit, then any other.
        /// Attestations are no images.
        List<Descriptor> candidates(Platform platform) {
            var fitting = new ArrayList<Descriptor>();
            var others = new ArrayList<Descriptor>();
            for (Descriptor manifest : manifests) {
                if (!manifest.isAttestation()) {
                    boolean fits = manifest.platform().map(platform::accepts).orElse(true);
                    (fits ? fitting : others).add(manifest);
                }
            }
            fitting.addAll(others);
            return List.copyOf(fitting);
        }

        /// The image for `platform`: the first of those that fit best; without any platform named, the first at all.
        public Optional<Descriptor> select(Platform platform) {
            return manifests.stream()
                    .filter(m -> m.platform().map(platform::accepts).orElse(true))
                    .min(Comparator.comparing(m -> m.platform()
                            .map(offered -> !platform.suits(offered))
                            .orElse(false)));
        }
    }

    /// Reads a manifest that came as `mediaType` (may be empty).
    ///
    /// @throws ImageFaultException when it is none that we know
    static Manifest parse(byte[] bytes, String mediaType) {
        String where = "manifest";
        if (bytes.length > LARGEST) {
            throw new ImageFaultException(new ImageFault.WrongSize(where, LARGEST, bytes.length));
        }
        JsonNode tree = tree(bytes, where);
        String type = tree.path("mediaType").asString(MediaTypes.isManifest(mediaType) ? mediaType : "");
        if (tree.path("schemaVersion").asInt(0) != 2) {
            throw malformed(where, "only schema version 2 is supported");
        }
        Optional<Digest> subject = tree.path("subject").isObject()
                ? Optional.of(Descriptor.read(tree.path("subject"), where).digest())
                : Optional.empty();
        if (MediaTypes.isIndex(type) || type.isEmpty() && tree.path("manifests").isArray()) {
            return new Index(
                    type.isEmpty() ? MediaTypes.OCI_INDEX : type, descriptors(tree.path("manifests"), where), subject);
        }
        if (!tree.path("config").isObject() || tree.has("manifests")) {
            throw malformed(where, "neither an image manifest nor an index");
        }
        return new Image(
                type.isEmpty() ? MediaTypes.OCI_MANIFEST : type,
                Descriptor.read(tree.path("config"), where),
                descriptors(tree.path("layers"), where),
                subject);
    }

    private static JsonNode tree(byte[] bytes, String where) {
        try {
            return Json.parse(bytes);
        } catch (Json.MalformedException notJson) {
            throw new ImageFaultException(new ImageFault.Malformed(where, notJson.getMessage()), notJson);
        }
    }

    private static List<Descriptor> descriptors(JsonNode array, String where) {
        var descriptors = new ArrayList<Descriptor>();
        array.forEach(entry -> descriptors.add(Descriptor.read(entry, where)));
        return descriptors;
    }

    private static ImageFaultException malformed(String where, String why) {
        return new ImageFaultException(new ImageFault.Malformed(where, why));
    }
}
