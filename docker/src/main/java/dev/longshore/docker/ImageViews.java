package dev.longshore.docker;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Image;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Manifest;
import dev.longshore.images.Platform;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Images as the Docker Engine API shows them (types/image of its Go module).
final class ImageViews {

    private static final String NEVER = "0001-01-01T00:00:00Z";
    private static final int MANIFESTS_SINCE = 47;
    private static final int DESCRIPTOR_SINCE = 48;
    private static final int SPARE_CONFIG_SINCE = 50;
    private static final int NO_VIRTUAL_SIZE_SINCE = 44;
    private static final int NO_NONES_SINCE = 43;

    private final LocalImages local;

    ImageViews(LocalImages local) {
        this.local = local;
    }

    /// A line of a list.
    ///
    /// @param shared what other images share of it, if that was asked
    /// @param containers how many use it, if that was asked
    ObjectNode summary(Image image, OptionalLong shared, OptionalLong containers, ApiVersion version)
            throws IOException {
        long size = local.images().sizes().total(image);
        ObjectNode tree = Json.object()
                .put("Id", image.id().toString())
                .put("ParentId", parent(image))
                .put(
                        "Created",
                        image.config().created().map(Instant::getEpochSecond).orElse(0L))
                .put("Size", size)
                .put("SharedSize", shared.orElse(-1))
                .put("Containers", containers.orElse(-1));
        if (version.isBefore(NO_VIRTUAL_SIZE_SINCE)) {
            tree.put("VirtualSize", size);
        }
        names(tree, image, version);
        labels(tree, image);
        if (!version.isBefore(DESCRIPTOR_SINCE)) {
            tree.set("Descriptor", descriptor(image));
        }
        return tree;
    }

    /// Adds what the image's index holds, platform by platform.
    void addManifests(ObjectNode tree, Image image, ApiVersion version) throws IOException {
        if (version.isBefore(MANIFESTS_SINCE)) {
            return;
        }
        ArrayNode array = tree.putArray("Manifests");
        Manifest target = Manifest.parse(local.content().read(image.target()), "");
        List<Descriptor> manifests =
                switch (target) {
                    case Manifest.Index index -> index.manifests();
                    case Manifest.Image alone ->
                        List.of(new Descriptor(
                                alone.mediaType(),
                                image.target(),
                                local.content().size(image.target()),
                                Optional.of(image.config().platform()),
                                java.util.Map.of()));
                };
        for (Descriptor manifest : manifests) {
            array.add(manifest(manifest));
        }
    }

    /// All about one.
    ObjectNode details(Image image, ApiVersion version) throws IOException {
        ImageConfig config = image.config();
        ObjectNode tree = Json.object().put("Id", image.id().toString());
        names(tree, image, version);
        String comment =
                config.history().isEmpty() ? "" : config.history().getLast().comment();
        tree.put("Parent", parent(image)).put("Comment", comment);
        config.created().ifPresent(at -> tree.put("Created", at.toString()));
        tree.put("DockerVersion", "")
                .put("Author", config.author())
                .put("Architecture", config.platform().architecture());
        config.platform().variant().ifPresent(variant -> tree.put("Variant", variant));
        long size = local.images().sizes().total(image);
        tree.put("Os", config.platform().os()).put("Size", size);
        if (version.isBefore(NO_VIRTUAL_SIZE_SINCE)) {
            tree.put("VirtualSize", size);
        }
        tree.set("Config", config(config, version));
        tree.putObject("GraphDriver").put("Name", "overlay2").putNull("Data");
        var layers = tree.putObject("RootFS").put("Type", "layers").putArray("Layers");
        config.diffIds().forEach(id -> layers.add(id.toString()));
        tree.putObject("Metadata")
                .put(
                        "LastTagTime",
                        local.images().lastTagged(image).map(Instant::toString).orElse(NEVER));
        if (!version.isBefore(DESCRIPTOR_SINCE)) {
            tree.set("Descriptor", descriptor(image));
        }
        return tree;
    }

    /// How it came about, latest first.
    ArrayNode history(Image image) throws IOException {
        var rows = new ArrayList<ObjectNode>();
        List<Long> sizes = local.images().sizes().layers(image);
        int layer = 0;
        for (ImageConfig.History step : image.config().history()) {
            boolean hasLayer = !step.emptyLayer() && layer < sizes.size();
            ObjectNode row = Json.object()
                    .put("Id", "<missing>")
                    .put("Created", step.created().map(Instant::getEpochSecond).orElse(0L))
                    .put("CreatedBy", step.createdBy())
                    .put("Size", hasLayer ? sizes.get(layer++) : 0)
                    .put("Comment", step.comment());
            row.putNull("Tags");
            rows.addFirst(row);
        }
        if (!rows.isEmpty()) {
            rows.getFirst().put("Id", image.id().toString());
            if (!image.names().isEmpty()) {
                var tags = rows.getFirst().putArray("Tags");
                image.names().forEach(tag -> tags.add(tag.familiar()));
            }
        }
        var array = Json.array();
        rows.forEach(array::add);
        return array;
    }

    private static void names(ObjectNode tree, Image image, ApiVersion version) {
        var tags = tree.putArray("RepoTags");
        var digests = tree.putArray("RepoDigests");
        if (version.isBefore(NO_NONES_SINCE) && image.names().isEmpty()) {
            tags.add("<none>:<none>");
        }
        if (version.isBefore(NO_NONES_SINCE)
                && image.names().isEmpty()
                && image.digests().isEmpty()) {
            digests.add("<none>@<none>");
        }
        image.names().forEach(name -> tags.add(name.familiar()));
        image.digests().forEach(digest -> digests.add(digest.familiar()));
    }

    private static void labels(ObjectNode tree, Image image) {
        if (image.config().run().labels().isEmpty()) {
            tree.putNull("Labels");
            return;
        }
        var labels = tree.putObject("Labels");
        image.config().run().labels().forEach(labels::put);
    }

    private static ObjectNode config(ImageConfig config, ApiVersion version) {
        ObjectNode run = config.run().json();
        for (String list : List.of("Env", "Cmd", "Entrypoint", "OnBuild", "Labels", "Volumes")) {
            if (!run.has(list)) {
                run.putNull(list);
            }
        }
        for (String text : List.of("User", "WorkingDir")) {
            if (!run.has(text)) {
                run.put(text, "");
            }
        }
        if (version.isBefore(SPARE_CONFIG_SINCE)) {
            for (String text : List.of("Image", "Hostname", "Domainname")) {
                run.put(text, "");
            }
            for (String flag :
                    List.of("AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin", "StdinOnce")) {
                run.put(flag, false);
            }
        }
        return run;
    }

    private String parent(Image image) {
        return local.images().parent(image).map(Digest::toString).orElse("");
    }

    private ObjectNode descriptor(Image image) throws IOException {
        byte[] bytes = local.content().read(image.target());
        return Descriptor.of(Manifest.parse(bytes, "").mediaType(), image.target(), bytes.length)
                .json();
    }

    private ObjectNode manifest(Descriptor manifest) throws IOException {
        Optional<Image> image = local.images().byTarget(manifest.digest());
        boolean isWhole = image.isPresent()
                && image.get().manifest().children().stream()
                        .allMatch(child -> local.content().has(child.digest()));
        long content =
                image.map(Image::size).orElseGet(() -> local.content().has(manifest.digest()) ? manifest.size() : 0L);
        long unpacked = isWhole ? local.images().sizes().unpacked(image.get()) : 0;
        ObjectNode tree = Json.object().put("ID", manifest.digest().toString());
        tree.set("Descriptor", manifest.json());
        tree.put("Available", isWhole);
        tree.putObject("Size").put("Content", content).put("Total", content + unpacked);
        if (manifest.isAttestation()) {
            tree.put("Kind", "attestation");
            tree.putObject("AttestationData")
                    .put("For", manifest.annotations().getOrDefault("vnd.docker.reference.digest", ""));
            return tree;
        }
        Optional<Platform> platform =
                image.map(found -> found.config().platform()).or(manifest::platform);
        if (platform.isEmpty()) {
            return tree.put("Kind", "unknown");
        }
        tree.put("Kind", "image");
        ObjectNode data = tree.putObject("ImageData");
        ObjectNode on = data.putObject("Platform")
                .put("architecture", platform.get().architecture())
                .put("os", platform.get().os());
        platform.get().variant().ifPresent(variant -> on.put("variant", variant));
        var users = data.putArray("Containers");
        image.ifPresent(found -> local.holds().holdersOf(found.id()).forEach(users::add));
        data.putObject("Size").put("Unpacked", unpacked);
        return tree;
    }
}
