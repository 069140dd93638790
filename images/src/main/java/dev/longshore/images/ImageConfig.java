package dev.longshore.images;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An image's configuration (image-spec, config.md): how to run it, its layers, how it came about.
///
/// @param diffIds the digests of the uncompressed layers, bottom first
public record ImageConfig(
        Platform platform,
        Optional<Instant> created,
        String author,
        RunConfig run,
        List<Digest> diffIds,
        List<History> history) {

    public ImageConfig {
        diffIds = List.copyOf(diffIds);
        history = List.copyOf(history);
    }

    /// One step of how an image came about.
    ///
    /// @param emptyLayer true if it changed the configuration only
    public record History(
            Optional<Instant> created, String createdBy, String author, String comment, boolean emptyLayer) {}

    /// Of an image with nothing in it: `FROM scratch`.
    public static ImageConfig empty(Platform platform) {
        return new ImageConfig(platform, Optional.empty(), "", RunConfig.EMPTY, List.of(), List.of());
    }

    /// Reads a config.
    ///
    /// @throws ImageFaultException when it is none
    public static ImageConfig parse(byte[] bytes) {
        try {
            JsonNode tree = Json.parse(bytes);
            var diffIds = new ArrayList<Digest>();
            tree.path("rootfs").path("diff_ids").forEach(id -> diffIds.add(Digest.parse(id.asString(""))));
            var history = new ArrayList<History>();
            tree.path("history")
                    .forEach(entry -> history.add(new History(
                            instant(entry.path("created")),
                            entry.path("created_by").asString(""),
                            entry.path("author").asString(""),
                            entry.path("comment").asString(""),
                            entry.path("empty_layer").asBoolean(false))));
            return new ImageConfig(
                    Platform.of(tree),
                    instant(tree.path("created")),
                    tree.path("author").asString(""),
                    RunConfig.read(tree.path("config")),
                    diffIds,
                    history);
        } catch (Json.MalformedException | IllegalArgumentException bad) {
            throw new ImageFaultException(new ImageFault.Malformed("image config", bad.getMessage()), bad);
        }
    }

    /// Its bytes.
    public byte[] bytes() {
        ObjectNode tree = Json.object();
        created.ifPresent(at -> tree.put("created", at.toString()));
        if (!author.isEmpty()) {
            tree.put("author", author);
        }
        tree.put("architecture", platform.architecture()).put("os", platform.os());
        platform.variant().ifPresent(v -> tree.put("variant", v));
        platform.osVersion().ifPresent(version -> tree.put("os.version", version));
        tree.set("config", run.json());
        ObjectNode rootfs = tree.putObject("rootfs").put("type", "layers");
        ArrayNode ids = rootfs.putArray("diff_ids");
        diffIds.forEach(id -> ids.add(id.toString()));
        ArrayNode steps = tree.putArray("history");
        for (History step : history) {
            ObjectNode entry = steps.addObject();
            step.created().ifPresent(at -> entry.put("created", at.toString()));
            entry.put("created_by", step.createdBy());
            if (!step.author().isEmpty()) {
                entry.put("author", step.author());
            }
            if (!step.comment().isEmpty()) {
                entry.put("comment", step.comment());
            }
            if (step.emptyLayer()) {
                entry.put("empty_layer", true);
            }
        }
        return Json.bytes(tree);
    }

    /// The chain ids of the layers, bottom first: each names a layer together with all that lie under it
    /// (image-spec, config.md, "Layer ChainID").
    public List<Digest> chainIds() {
        var chain = new ArrayList<Digest>();
        for (Digest diffId : diffIds) {
            chain.add(chain.isEmpty() ? diffId : Layers.chainId(chain.getLast(), diffId));
        }
        return List.copyOf(chain);
    }

    /// The same with another way to run it.
    public ImageConfig withRun(RunConfig newRun) {
        return new ImageConfig(platform, created, author, newRun, diffIds, history);
    }

    private static Optional<Instant> instant(JsonNode node) {
        String text = node.asString("");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(java.time.OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException odd) {
            return Optional.empty();
        }
    }
}
