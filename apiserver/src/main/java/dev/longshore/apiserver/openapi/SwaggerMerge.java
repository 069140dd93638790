package dev.longshore.apiserver.openapi;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes one document of version 2 out of several, as kube-aggregator does: of a foreign one only what lies below
/// its own paths, with the definitions that this needs; a definition that is called like another one but is another
/// gets a name of its own.
public final class SwaggerMerge {

    private static final String REF = "$ref";
    private static final String[] SHARED = {"definitions", "parameters", "responses"};
    private static final String TAG = "x-kubernetes-group-version-kind";

    private SwaggerMerge() {}

    /// The part of `document` below `prefix`; the rest is left behind. The result shares nodes with `document`.
    public static ObjectNode below(JsonNode document, String prefix) {
        ObjectNode part = ((ObjectNode) document).objectNode();
        ObjectNode paths = part.putObject("paths");
        document.path("paths").properties().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .forEach(entry -> paths.set(entry.getKey(), entry.getValue()));
        Set<String> needed = needed(document, paths);
        for (String kind : SHARED) {
            ObjectNode kept = part.putObject(kind);
            document.path(kind).properties().stream()
                    .filter(entry -> needed.contains("#/" + kind + "/" + entry.getKey()))
                    .forEach(entry -> kept.set(entry.getKey(), entry.getValue()));
        }
        return part;
    }

    private static Set<String> needed(JsonNode document, JsonNode from) {
        var needed = new LinkedHashSet<String>();
        Deque<JsonNode> open = new ArrayDeque<>();
        open.add(from);
        while (!open.isEmpty()) {
            eachReference(open.poll(), holder -> {
                String reference = holder.path(REF).asString("");
                if (needed.add(reference)) {
                    target(document, reference).forEach(open::add);
                }
            });
        }
        return needed;
    }

    private static Iterable<JsonNode> target(JsonNode document, String reference) {
        for (String kind : SHARED) {
            String start = "#/" + kind + "/";
            if (reference.startsWith(start)) {
                JsonNode found = document.path(kind).path(reference.substring(start.length()));
                return found.isMissingNode() ? Set.of() : Set.of(found);
            }
        }
        return Set.of();
    }

    /// Adds `part`, which is changed on the way, to `whole`. Paths that are there already stay.
    public static void into(ObjectNode whole, ObjectNode part) {
        Map<String, String> renamed = new HashMap<>();
        for (String kind : SHARED) {
            ObjectNode there = whole.withObject("/" + kind);
            for (var entry : part.path(kind).properties()) {
                String name = entry.getKey();
                int version = 2;
                while (there.has(name) && !isSame(there.get(name), entry.getValue())) {
                    name = entry.getKey() + "_v" + version++;
                }
                if (!name.equals(entry.getKey())) {
                    renamed.put("#/" + kind + "/" + entry.getKey(), "#/" + kind + "/" + name);
                }
            }
        }
        if (!renamed.isEmpty()) {
            eachReference(part, holder -> {
                String now = renamed.get(holder.path(REF).asString(""));
                if (now != null) {
                    holder.put(REF, now);
                }
            });
        }
        for (String kind : SHARED) {
            ObjectNode there = whole.withObject("/" + kind);
            part.path(kind).properties().forEach(entry -> {
                String reference = "#/" + kind + "/" + entry.getKey();
                String name = renamed.getOrDefault(reference, reference).substring(kind.length() + 3);
                if (!there.has(name)) {
                    there.set(name, entry.getValue());
                }
            });
            if (there.isEmpty()) {
                whole.remove(kind);
            }
        }
        ObjectNode paths = whole.withObject("/paths");
        part.path("paths").properties().forEach(entry -> {
            if (!paths.has(entry.getKey())) {
                paths.set(entry.getKey(), entry.getValue());
            }
        });
    }

    /// Shared definitions say of which kinds they are, and other servers know other kinds.
    private static boolean isSame(JsonNode one, JsonNode other) {
        if (one instanceof ObjectNode left && other instanceof ObjectNode right) {
            return left.deepCopy().without(TAG).equals(right.deepCopy().without(TAG));
        }
        return one.equals(other);
    }

    /// Calls `visitor` with every object below `root` that has a reference.
    static void eachReference(JsonNode root, Consumer<ObjectNode> visitor) {
        Deque<JsonNode> open = new ArrayDeque<>();
        open.add(root);
        while (!open.isEmpty()) {
            switch (open.poll()) {
                case ObjectNode object -> {
                    if (object.path(REF).isString()) {
                        visitor.accept(object);
                    }
                    object.forEach(open::add);
                }
                case ArrayNode array -> array.forEach(open::add);
                default -> {}
            }
        }
    }
}
