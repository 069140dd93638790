package dev.longshore.builder.cache;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.images.ContentStore;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Leases;
import dev.longshore.images.Manifest;
import dev.longshore.images.MediaTypes;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// A cache that travels: an OCI artifact whose config says what steps came to, and whose layers are theirs.
public final class CacheArtifact {

    /// The artifact's type.
    public static final String TYPE = "application/vnd.longshore.buildcache.v1";

    private static final String CONFIG = "application/vnd.longshore.buildcache.config.v1+json";

    private CacheArtifact() {}

    /// Makes one of `steps` in `content`, kept by `lease`; the same steps give the same bytes. Returns its manifest.
    public static Descriptor write(List<UsedStep> steps, ContentStore content, Leases.Lease lease) throws IOException {
        var records = new TreeMap<String, StepRecord>();
        steps.forEach(step -> records.put(step.key().hex(), step.record()));
        ObjectNode config = Json.object();
        ObjectNode all = config.putObject("steps");
        var layers = new TreeMap<String, Descriptor>();
        records.forEach((key, record) -> {
            all.set(key, StepJson.of(record));
            record.layer().ifPresent(layer -> layers.put(layer.blob().digest().toString(), layer.blob()));
        });
        ObjectNode manifest = Json.object()
                .put("schemaVersion", 2)
                .put("mediaType", MediaTypes.OCI_MANIFEST)
                .put("artifactType", TYPE);
        manifest.set("config", put(content, lease, CONFIG, Json.bytes(config)).json());
        var array = manifest.putArray("layers");
        layers.values().forEach(layer -> array.add(layer.json()));
        return put(content, lease, MediaTypes.OCI_MANIFEST, Json.bytes(manifest));
    }

    private static Descriptor put(ContentStore content, Leases.Lease lease, String type, byte[] bytes)
            throws IOException {
        lease.keep(Digest.sha256(bytes));
        return content.put(type, bytes);
    }

    /// The config of the artifact with `manifest`.
    ///
    /// @throws IOException when it is none
    public static Descriptor config(byte[] manifest) throws IOException {
        if (Manifest.parse(manifest, "") instanceof Manifest.Image image
                && image.config().mediaType().equals(CONFIG)) {
            return image.config();
        }
        throw new IOException("it is not a build cache of Longshore");
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
