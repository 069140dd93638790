package dev.longshore.docker;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.builder.cache.CacheDirectory;
import dev.longshore.builder.cache.CacheForm;
import dev.longshore.http.Query;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LayerForm;
import dev.longshore.images.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What `cachefrom` and `cacheto` of `POST /build` ask for: `[{"Type":"local","Attrs":{…}}]`, with the attributes of
/// BuildKit's caches.
final class CacheQuery {

    private static final Set<String> PLACES = Set.of("ref", "path", "src", "dest", "tag", "digest");
    private static final Set<String> FORMS = Set.of(
            "mode",
            "image-manifest",
            "oci-mediatypes",
            "compression",
            "compression-level",
            "force-compression",
            "ignore-error");

    private final String type;
    private final Map<String, String> attributes;

    private CacheQuery(String type, Map<String, String> attributes) {
        this.type = type;
        this.attributes = attributes;
    }

    /// The places of `cachefrom`. Names alone, as the classic client sends them, are images that are here or not.
    static List<CachePlace> from(Query query) {
        var places = new ArrayList<CachePlace>();
        for (JsonNode tree : entries(query, "cachefrom")) {
            if (tree.isString()) {
                here(tree.asString()).ifPresent(places::add);
            } else {
                CacheQuery entry = of(tree, PLACES);
                places.add(entry.place());
            }
        }
        return places;
    }

    /// Those of `cacheto`.
    static List<CacheExport> to(Query query) {
        var exports = new ArrayList<CacheExport>();
        for (JsonNode tree : entries(query, "cacheto")) {
            var known = new java.util.HashSet<>(PLACES);
            known.addAll(FORMS);
            exports.add(of(tree, known).export());
        }
        return exports;
    }

    private static Iterable<JsonNode> entries(Query query, String name) {
        return Json.parse(query.first(name).filter(json -> !json.isEmpty()).orElse("[]"));
    }

    private static Optional<CachePlace> here(String name) {
        try {
            return Optional.of(new CachePlace.Here(Reference.parse(name).withDefaultTag()));
        } catch (ImageFaultException noName) {
            return Optional.empty();
        }
    }

    private static CacheQuery of(JsonNode tree, Set<String> known) {
        String type = tree.path("Type").asString("");
        var attributes = new LinkedHashMap<String, String>();
        tree.path("Attrs").properties().forEach(entry -> {
            if (!known.contains(entry.getKey())) {
                throw bad("a build cache of type " + type + " does not know \"" + entry.getKey() + "\"");
            }
            attributes.put(entry.getKey(), entry.getValue().asString(""));
        });
        return new CacheQuery(type, attributes);
    }

    private CachePlace place() {
        return switch (type) {
            case "local" -> directory();
            case "registry" -> registry();
            case "inline" -> throw bad("a cache that is inline comes from type=registry,ref=NAME of its image");
            default -> throw unknown();
        };
    }

    private CacheExport export() {
        CachePlace place =
                switch (type) {
                    case "local" -> directory();
                    case "registry" -> registry();
                    case "inline" -> new CachePlace.Inline();
                    default -> throw unknown();
                };
        return new CacheExport(place, isMax(), form(), flag("ignore-error", false));
    }

    private BuildQuery.BadBuildQueryException unknown() {
        return bad("unknown build cache type \"" + type + "\": there are local, registry and inline");
    }

    private CachePlace directory() {
        String text =
                attributes.getOrDefault("path", attributes.getOrDefault("dest", attributes.getOrDefault("src", "")));
        Path path = Path.of(text);
        if (!path.isAbsolute()) {
            throw bad("a build cache of type local needs an absolute path");
        }
        try {
            Optional<Digest> digest =
                    Optional.ofNullable(attributes.get("digest")).map(Digest::parse);
            return new CachePlace.Directory(path, attributes.getOrDefault("tag", CacheDirectory.USUAL_TAG), digest);
        } catch (IllegalArgumentException wrong) {
            throw bad("a build cache of type local: " + wrong.getMessage());
        }
    }

    private CachePlace registry() {
        try {
            return new CachePlace.Registry(
                    Reference.parse(attributes.getOrDefault("ref", "")).withDefaultTag());
        } catch (ImageFaultException wrong) {
            throw bad("a build cache of type registry: " + wrong.getMessage());
        }
    }

    private boolean isMax() {
        return switch (attributes.getOrDefault("mode", "min")) {
            case "min" -> false;
            case "max" -> true;
            default -> throw bad("invalid cache mode \"" + attributes.get("mode") + "\": want min or max");
        };
    }

    private CacheForm form() {
        try {
            boolean isOci = flag("oci-mediatypes", true);
            Optional<LayerForm> layers = attributes.containsKey("compression")
                    ? Optional.of(LayerForm.parse(
                            attributes.get("compression"), attributes.getOrDefault("compression-level", "")))
                    : Optional.empty();
            flag("force-compression", false);
            return new CacheForm(flag("image-manifest", isOci), isOci, layers);
        } catch (IllegalArgumentException wrong) {
            throw bad(wrong.getMessage());
        }
    }

    private boolean flag(String name, boolean usual) {
        String text = attributes.get(name);
        if (text == null) {
            return usual;
        }
        return switch (text) {
            case "true", "1", "" -> true;
            case "false", "0" -> false;
            default -> throw bad("non-bool value \"" + text + "\" specified for " + name);
        };
    }

    private static BuildQuery.BadBuildQueryException bad(String why) {
        return new BuildQuery.BadBuildQueryException(why);
    }
}
