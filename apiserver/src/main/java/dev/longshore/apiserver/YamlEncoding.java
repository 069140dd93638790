package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ResourceDefinition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// YAML, keys in the order of the alphabet as Kubernetes has them. It has no watches: documents have no frames.
final class YamlEncoding implements Encoding {

    @Override
    public String mediaType() {
        return "application/yaml";
    }

    @Override
    public boolean knows(GroupVersionKind kind) {
        return true;
    }

    @Override
    public byte[] tree(JsonNode tree, boolean isPretty) {
        return Yaml.print(sorted(tree)).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] object(ResourceDefinition definition, StoredObject stored) {
        return tree(Versions.served(definition, stored).tree(), false);
    }

    @Override
    public byte[] list(ResourceDefinition definition, JsonNode metadata, List<StoredObject> objects) {
        ObjectNode list = JsonEncoding.head(definition, metadata);
        ArrayNode items = list.putArray("items");
        objects.forEach(stored -> items.add(Versions.served(definition, stored).tree()));
        return tree(list, false);
    }

    @Override
    public boolean streams() {
        return false;
    }

    @Override
    public boolean isText() {
        return true;
    }

    @Override
    public String streamType() {
        throw new IllegalStateException("YAML has no watches");
    }

    @Override
    public byte[] event(String type, byte[] object) {
        throw new IllegalStateException("YAML has no watches");
    }

    private static JsonNode sorted(JsonNode tree) {
        if (tree.isObject()) {
            ObjectNode object = Json.object();
            tree.properties().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(entry -> object.set(entry.getKey(), sorted(entry.getValue())));
            return object;
        }
        if (tree.isArray()) {
            ArrayNode array = Json.array();
            tree.forEach(item -> array.add(sorted(item)));
            return array;
        }
        return tree;
    }
}
