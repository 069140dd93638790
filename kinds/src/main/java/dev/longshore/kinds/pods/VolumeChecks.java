package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What pods' volumes must be like.
final class VolumeChecks {

    private VolumeChecks() {}

    /// Checks them all; their names.
    static Set<String> volumes(Checks checks, String path, JsonNode spec) {
        var names = new HashSet<String>();
        int index = 0;
        for (ObjectNode volume : Trees.list(spec, "volumes")) {
            String at = path + "[" + index++ + "]";
            String name = Trees.text(volume, "name");
            checks.requiredName(at + ".name", name, NameRule.DNS_LABEL);
            checks.unique(at + ".name", name, names);
            source(checks, at, volume);
        }
        return names;
    }

    private static void source(Checks checks, String path, ObjectNode volume) {
        List<String> sources = volume.properties().stream()
                .filter(field ->
                        !field.getKey().equals("name") && !field.getValue().isNull())
                .map(Map.Entry::getKey)
                .toList();
        if (sources.isEmpty()) {
            checks.required(path, "must specify a volume type");
            return;
        }
        for (String extra : sources.subList(1, sources.size())) {
            checks.forbidden(path + "." + extra, "may not specify more than 1 volume type");
        }
        String type = sources.getFirst();
        JsonNode source = volume.path(type);
        String at = path + "." + type;
        switch (type) {
            case "configMap" -> {
                checks.requiredText(at + ".name", Trees.text(source, "name"));
                items(checks, at, source);
            }
            case "secret" -> {
                checks.requiredText(at + ".secretName", Trees.text(source, "secretName"));
                items(checks, at, source);
            }
            case "hostPath" -> hostPath(checks, at, source);
            case "persistentVolumeClaim" -> checks.requiredText(at + ".claimName", Trees.text(source, "claimName"));
            case "nfs" -> {
                checks.requiredText(at + ".server", Trees.text(source, "server"));
                checks.requiredText(at + ".path", Trees.text(source, "path"));
            }
            case "csi" -> checks.requiredText(at + ".driver", Trees.text(source, "driver"));
            case "emptyDir" -> {
                if (Trees.has(source, "sizeLimit")) {
                    ResourceChecks.amount(checks, at + ".sizeLimit", source.path("sizeLimit"), "");
                }
            }
            case "projected" -> projected(checks, at, source);
            case "ephemeral" -> {
                if (!Trees.has(source, "volumeClaimTemplate")) {
                    checks.required(at + ".volumeClaimTemplate");
                }
            }
            default -> {
                // Sources of drivers that do not run here are left to those who run them.
            }
        }
        mode(checks, at + ".defaultMode", source.path("defaultMode"));
    }

    /// Checks a path on the host.
    static void hostPath(Checks checks, String at, JsonNode source) {
        String path = Trees.text(source, "path");
        if (checks.requiredText(at + ".path", path) && List.of(path.split("/")).contains("..")) {
            checks.invalid(at + ".path", path, "must not contain '..'");
        }
        checks.oneOf(
                at + ".type",
                Trees.text(source, "type"),
                "BlockDevice",
                "CharDevice",
                "Directory",
                "DirectoryOrCreate",
                "File",
                "FileOrCreate",
                "Socket");
    }

    private static void projected(Checks checks, String path, JsonNode source) {
        int index = 0;
        for (ObjectNode projection : Trees.list(source, "sources")) {
            String at = path + ".sources[" + index++ + "]";
            for (String named : List.of("configMap", "secret")) {
                Trees.object(projection, named).ifPresent(object -> {
                    checks.requiredText(at + "." + named + ".name", Trees.text(object, "name"));
                    items(checks, at + "." + named, object);
                });
            }
            Trees.object(projection, "serviceAccountToken").ifPresent(token -> {
                checks.requiredText(at + ".serviceAccountToken.path", Trees.text(token, "path"));
                if (Trees.number(token, 3600, "expirationSeconds") < 600) {
                    checks.invalid(
                            at + ".serviceAccountToken.expirationSeconds",
                            Trees.number(token, 0, "expirationSeconds"),
                            "may not specify a duration less than 10 minutes");
                }
            });
        }
    }

    private static void items(Checks checks, String path, JsonNode source) {
        int index = 0;
        for (ObjectNode item : Trees.list(source, "items")) {
            String at = path + ".items[" + index++ + "]";
            checks.requiredText(at + ".key", Trees.text(item, "key"));
            String target = Trees.text(item, "path");
            if (checks.requiredText(at + ".path", target)) {
                if (target.startsWith("/")) {
                    checks.invalid(at + ".path", target, "must be a relative path");
                } else if (List.of(target.split("/")).contains("..")) {
                    checks.invalid(at + ".path", target, "must not contain '..'");
                }
            }
            mode(checks, at + ".mode", item.path("mode"));
        }
    }

    private static void mode(Checks checks, String path, JsonNode mode) {
        if (mode.isNumber() && (mode.asLong() < 0 || mode.asLong() > 0777)) {
            checks.invalid(path, mode.asLong(), "must be a number between 0 and 0777 (octal), both inclusive");
        }
    }
}
