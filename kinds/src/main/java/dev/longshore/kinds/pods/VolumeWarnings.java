package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Quantity;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What to say of volumes: of sources that no longer work, and of files that hide one another.
public final class VolumeWarnings {

    private static final Map<String, String> OLD = Map.of(
            "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+",
            "scaleIO", "deprecated in v1.16, non-functional in v1.22+",
            "flocker", "deprecated in v1.22, non-functional in v1.25+",
            "storageos", "deprecated in v1.22, non-functional in v1.25+",
            "quobyte", "deprecated in v1.22, non-functional in v1.25+",
            "glusterfs", "deprecated in v1.25, non-functional in v1.26+",
            "cephfs", "deprecated in v1.28, non-functional in v1.31+",
            "rbd", "deprecated in v1.28, non-functional in v1.31+");

    private final List<String> warnings;
    private final String path;
    private final JsonNode spec;

    VolumeWarnings(List<String> warnings, String path, JsonNode spec) {
        this.warnings = warnings;
        this.path = path;
        this.spec = spec;
    }

    void add() {
        Trees.each(spec, path, "volumes", (at, volume) -> {
            if (Trees.has(volume, "gitRepo")) {
                warnings.add(at + ".gitRepo: deprecated in v1.11, and disabled by default in v1.33+");
            }
            source(warnings, at, volume);
            JsonNode claim = Trees.at(volume, "ephemeral", "volumeClaimTemplate", "spec");
            claim(warnings, at + ".ephemeral.volumeClaimTemplate.spec", claim);
        });
        Set<String> tokens = tokens();
        if (!tokens.isEmpty()) {
            Trees.each(spec, path, "volumes", (at, volume) -> conflicts(at, volume, tokens));
        }
    }

    /// Adds what is to be said of the source in `volume`, which may be a persistent volume's spec.
    public static void source(List<String> warnings, String at, JsonNode volume) {
        for (String field : volume.propertyNames()) {
            if (OLD.containsKey(field) && Trees.has(volume, field)) {
                String shown = field.equals("storageos") ? "storageOS" : field;
                warnings.add(at + "." + shown + ": " + OLD.get(field));
            }
        }
    }

    /// Adds what is to be said of a claim's spec.
    public static void claim(List<String> warnings, String at, JsonNode claim) {
        for (String list : List.of("requests", "limits")) {
            Quantity.find(Trees.at(claim, "resources", list, "storage").asString(""))
                    .filter(amount -> !amount.isWhole())
                    .ifPresent(amount -> warnings.add(at + ".resources." + list + "[storage]: fractional byte value \""
                            + amount + "\" is invalid, must be an integer"));
        }
    }

    private Set<String> tokens() {
        var tokens = new HashSet<String>();
        for (ObjectNode volume : Trees.list(spec, "volumes")) {
            for (ObjectNode source : Trees.list(volume, "projected", "sources")) {
                if (Trees.has(source, "serviceAccountToken")) {
                    tokens.add(Trees.text(source, "serviceAccountToken", "path"));
                }
            }
        }
        return tokens;
    }

    private void conflicts(String at, ObjectNode volume, Set<String> tokens) {
        String sources = at + ".projected.sources.";
        for (ObjectNode source : Trees.list(volume, "projected", "sources")) {
            items(source.path("configMap"), sources + "configMap", tokens);
            items(source.path("secret"), sources + "secrets", tokens);
            items(source.path("downwardAPI"), sources + "downwardAPI", tokens);
            String bundle = Trees.text(source, "clusterTrustBundle", "path");
            if (tokens.contains(bundle)) {
                warnings.add(duplicated(sources + "ClusterTrustBundle", bundle));
            }
        }
    }

    private void items(JsonNode source, String at, Set<String> tokens) {
        JsonNode items = source.path("items");
        for (int i = 0; i < items.size(); i++) {
            String file = Trees.text(items.get(i), "path");
            if (tokens.contains(file)) {
                warnings.add(duplicated(at + "[" + i + "]", file));
            }
        }
    }

    private static String duplicated(String at, String file) {
        return at + ": has duplicated path with ServiceAccountToken \"" + file + "\"";
    }
}
