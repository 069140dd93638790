package dev.longshore.kubelet.configuration;

import dev.longshore.base.GoDurations;
import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads a `KubeletConfiguration`, strictly: unknown fields and values of another kind are
/// errors that name them, all in one message.
final class ConfigurationReader {

    static final String VERSION = "kubelet.config.k8s.io/v1beta1";
    static final String KIND = "KubeletConfiguration";

    private final List<String> errors = new ArrayList<>();

    private ConfigurationReader() {}

    static ObjectNode read(Path file) {
        try {
            return read(Files.readString(file));
        } catch (IOException unreadable) {
            throw new ConfigurationException("cannot read " + file + ": " + unreadable.getMessage(), unreadable);
        } catch (ConfigurationException wrong) {
            throw new ConfigurationException(file + ": " + wrong.getMessage(), wrong);
        }
    }

    static ObjectNode read(String text) {
        JsonNode tree;
        try {
            tree = Yaml.parseAsGo(text);
        } catch (Json.MalformedException malformed) {
            throw new ConfigurationException(malformed.getMessage(), malformed);
        }
        if (!(tree instanceof ObjectNode object)) {
            throw new ConfigurationException("must be a mapping with apiVersion, kind and the fields of " + KIND);
        }
        requireType(object);
        object.remove(List.of("apiVersion", "kind"));
        var reader = new ConfigurationReader();
        reader.check("", object);
        if (!reader.errors.isEmpty()) {
            throw new ConfigurationException("strict decoding error: " + String.join(", ", reader.errors));
        }
        return object;
    }

    private static void requireType(ObjectNode object) {
        String version = object.path("apiVersion").asString("");
        String kind = object.path("kind").asString("");
        if (!version.equals(VERSION) || !kind.equals(KIND)) {
            throw new ConfigurationException(
                    "no kind \"%s\" is registered for version \"%s\": it must be kind %s of apiVersion %s"
                            .formatted(kind, version, KIND, VERSION));
        }
    }

    private void check(String prefix, ObjectNode object) {
        var empty = new ArrayList<String>();
        object.properties().forEach(entry -> {
            String path = prefix + entry.getKey();
            if (ConfigurationFields.isParent(path)) {
                if (entry.getValue() instanceof ObjectNode below) {
                    check(path + ".", below);
                } else if (entry.getValue().isNull()) {
                    empty.add(entry.getKey());
                } else {
                    errors.add("field \"%s\": want map, not %s".formatted(path, entry.getValue()));
                }
                return;
            }
            ConfigurationFields.Field field = ConfigurationFields.all().get(path);
            if (field == null) {
                errors.add("unknown field \"" + path + '"');
            } else if (entry.getValue().isNull()) {
                empty.add(entry.getKey());
            } else {
                check(field, entry.getValue());
            }
        });
        object.remove(empty);
    }

    private void check(ConfigurationFields.Field field, JsonNode value) {
        if (!field.kind().fits(value)) {
            errors.add("field \"%s\": want %s, not %s"
                    .formatted(field.path(), field.kind().word(), value));
        } else if (field.kind() == ConfigurationFields.Kind.DURATION) {
            try {
                GoDurations.parse(value.asString());
            } catch (IllegalArgumentException wrong) {
                errors.add("field \"%s\": %s".formatted(field.path(), wrong.getMessage()));
            }
        }
    }
}
