package dev.longshore.builder.cases;

import dev.longshore.base.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What one image has beyond another. An image is taken to be built on the base if it has the base's shell.
final class Difference {

    private static final String MARK = "/bin/busybox";
    private static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private Difference() {}

    static Made between(Made base, Made image) {
        ObjectNode config = image.config().deepCopy();
        if (config.path("Env") instanceof ArrayNode env) {
            config.set("Env", withoutPath(env));
        }
        if (!image.tree().containsKey(MARK)) {
            return new Made(image.tree(), withoutEmpty(config), image.history());
        }
        base.config().properties().forEach(entry -> {
            if (entry.getValue().equals(config.path(entry.getKey()))) {
                config.remove(entry.getKey());
            }
        });
        if (config.path("Labels") instanceof ObjectNode labels) {
            base.config().path("Labels").propertyNames().forEach(labels::remove);
        }
        List<String> history = image.history();
        return new Made(
                tree(base.tree(), image.tree()),
                withoutEmpty(config),
                history.subList(Math.min(history.size(), base.history().size()), history.size()));
    }

    /// What differs between two trees, as the second has it; `gone` for what it has not.
    static Map<String, String> tree(Map<String, String> before, Map<String, String> after) {
        var found = new TreeMap<>(after);
        before.forEach((path, line) -> {
            if (!after.containsKey(path)) {
                found.put(path, "gone");
            } else if (line.equals(after.get(path))) {
                found.remove(path);
            }
        });
        return found;
    }

    /// Go programs leave out what is empty, or write it, as they like.
    static ObjectNode withoutEmpty(ObjectNode config) {
        ObjectNode left = Json.object();
        for (Map.Entry<String, JsonNode> entry : config.properties()) {
            JsonNode value = entry.getValue();
            boolean isEmpty = value.isNull()
                    || value.isContainer() && value.isEmpty()
                    || value.isString() && value.stringValue().isEmpty()
                    || value.isBoolean() && !value.booleanValue();
            if (!isEmpty) {
                left.set(entry.getKey(), value);
            }
        }
        return left;
    }

    /// Without the search path that every image begins with, said or not.
    private static ArrayNode withoutPath(ArrayNode env) {
        ArrayNode left = Json.array();
        env.valueStream().filter(entry -> !PATH.equals(entry.stringValue())).forEach(left::add);
        return left;
    }
}
