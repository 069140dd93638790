package dev.longshore.builder.cache;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.images.Descriptor;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a step came to, as JSON: on this machine's disk, and in caches that travel.
final class StepJson {

    private StepJson() {}

    static ObjectNode of(StepRecord step) {
        ObjectNode tree =
                Json.object().put("created", step.created().toString()).put("description", step.description());
        step.layer().ifPresent(layer -> {
            ObjectNode made = tree.putObject("layer");
            made.set("blob", layer.blob().json());
            made.put("diffId", layer.diffId().toString())
                    .put("chainId", layer.chainId().toString())
                    .put("unpackedBytes", layer.unpackedBytes());
        });
        return tree;
    }

    /// @throws IllegalArgumentException or DateTimeException when it is none
    static StepRecord parse(JsonNode tree) {
        return new StepRecord(
                Instant.parse(tree.path("created").asString("")),
                tree.path("description").asString(""),
                tree.has("layer") ? Optional.of(layer(tree.path("layer"))) : Optional.empty());
    }

    private static StepRecord.MadeLayer layer(JsonNode tree) {
        JsonNode blob = tree.path("blob");
        return new StepRecord.MadeLayer(
                Descriptor.of(
                        blob.path("mediaType").asString(""),
                        Digest.parse(blob.path("digest").asString("")),
                        blob.path("size").asLong(0)),
                Digest.parse(tree.path("diffId").asString("")),
                Digest.parse(tree.path("chainId").asString("")),
                tree.path("unpackedBytes").asLong(0));
    }
}
