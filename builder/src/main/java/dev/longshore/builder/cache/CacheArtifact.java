package dev.longshore.builder.cache;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.images.ContentStore;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Leases;
import dev.longshore.images.MediaTypes;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// A cache that travels: an OCI artifact whose config says what steps came to, and whose layers are theirs.
public final class CacheArtifact {

    /// The artifact's type.
    public static final String TYPE = "application/vnd.longshore.buildcache.v1";

    private static final String CONFIG = "application/vnd.longshore.buildcache.config.v1+json";

    private static final String INLINE = "longshore.buildcache.v1";

    private CacheArtifact() {}

    /// Makes one of `steps` in `content`, kept by `lease`; the same steps give the same bytes. Returns its manifest or
    /// index.
    public static Descriptor write(List<UsedStep> steps, CacheForm form, ContentStore content, Leases.Lease lease)
            throws IOException {
        var records = new TreeMap<String, StepRecord>();
        for (UsedStep step : steps) {
            records.put(step.key().hex(), formed(step.record(), form, content, lease));
        }
        var layers = new TreeMap<String, Descriptor>();
        records.values()
                .forEach(record -> record.layer()
                        .ifPresent(layer -> layers.put(layer.blob().digest().toString(), layer.blob())));
        Descriptor config = put(content, lease, CONFIG, Json.bytes(json(records)));
        String type = form.isImage() ? MediaTypes.OCI_MANIFEST : index(form);
        ObjectNode manifest = Json.object().put("schemaVersion", 2).put("mediaType", type);
        if (form.isImage()) {
            manifest.put("artifactType", TYPE);
            manifest.set("config", config.json());
        }
        var array = manifest.putArray(form.isImage() ? "layers" : "manifests");
        layers.values().forEach(layer -> array.add(layer.json()));
        if (!form.isImage()) {
            array.add(config.json());
        }
        return put(content, lease, type, Json.bytes(manifest));
    }

    private static String index(CacheForm form) {
        return form.isOci() ? MediaTypes.OCI_INDEX : MediaTypes.DOCKER_LIST;
    }

    private static StepRecord formed(StepRecord record, CacheForm form, ContentStore content, Leases.Lease lease)
            throws IOException {
        if (form.layers().isEmpty() || record.layer().isEmpty()) {
            return record;
        }
        StepRecord.MadeLayer made = record.layer().get();
        return new StepRecord(
                record.created(),
                record.description(),
                Optional.of(new StepRecord.MadeLayer(
                        form.layers().get().of(made.blob(), content, lease),
                        made.diffId(),
                        made.chainId(),
                        made.unpackedBytes())));
    }

    private static ObjectNode json(Map<String, StepRecord> records) {
        ObjectNode config = Json.object();
        ObjectNode all = config.putObject("steps");
        records.forEach((key, record) -> all.set(key, StepJson.of(record)));
        return config;
    }

    /// An image's `config` with what `steps`, which led to the image, came to.
    ///
    /// @param latest when they were done at the latest, if the image says so
    public static byte[] inlined(byte[] config, List<UsedStep> steps, Optional<Instant> latest) {
        var records = new TreeMap<String, StepRecord>();
        for (UsedStep step : steps) {
            StepRecord record = step.record();
            Instant created = latest.filter(record.created()::isAfter).orElse(record.created());
            records.put(step.key().hex(), new StepRecord(created, record.description(), record.layer()));
        }
        ObjectNode tree = (ObjectNode) Json.parse(config);
        tree.set(INLINE, json(records));
        return Json.bytes(tree);
    }

    private static Descriptor put(ContentStore content, Leases.Lease lease, String type, byte[] bytes)
            throws IOException {
        lease.keep(Digest.sha256(bytes));
        return content.put(type, bytes);
    }

    /// True if `config` is that of an artifact.
    static boolean isConfig(Descriptor config) {
        return config.mediaType().equals(CONFIG);
    }

    /// The steps that an image's `config` has; none if it has none.
    ///
    /// @throws IOException when they are not to be understood
    static Map<StepKey, StepRecord> inlineSteps(byte[] config) throws IOException {
        try {
            return steps(Json.bytes(Json.parse(config).path(INLINE)));
        } catch (Json.MalformedException noJson) {
            throw new IOException("an image's config is not to be understood: " + noJson.getMessage(), noJson);
        }
    }

    /// What the artifact's `config` says.
    ///
    /// @throws IOException when it is not to be understood
    static Map<StepKey, StepRecord> steps(byte[] config) throws IOException {
        try {
            var steps = new HashMap<StepKey, StepRecord>();
            Json.parse(config)
                    .path("steps")
                    .properties()
                    .forEach(entry -> steps.put(new StepKey(entry.getKey()), StepJson.parse(entry.getValue())));
            return steps;
        } catch (Json.MalformedException | IllegalArgumentException | DateTimeException wrong) {
            throw new IOException("a build cache is not to be understood: " + wrong.getMessage(), wrong);
        }
    }
}
