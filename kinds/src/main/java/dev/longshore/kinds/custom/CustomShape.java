package dev.longshore.kinds.custom;

import dev.longshore.model.Cleaning;
import dev.longshore.model.Conversion;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How objects of a custom kind come in, go into the store, and come out of it, in every version. What is stored
/// stays as it was written when a definition changes: so whatever is read is cleaned and gets its defaults anew.
///
/// @param group of the kind
/// @param versions the structural schema of each version
/// @param webhook makes one version of another, where the definition says so; else only the apiVersion differs
record CustomShape(
        String group, Map<String, Structural> versions, Optional<WebhookConversion> webhook, Embedded embedded)
        implements Cleaning, Conversion {

    CustomShape {
        versions = Map.copyOf(versions);
    }

    @Override
    public List<String> clean(ObjectNode object) {
        try {
            var unknown = new ArrayList<>(embedded.cleanMetadata(object, ""));
            Optional<Structural> schema = schema(object);
            if (schema.isPresent()) {
                unknown.addAll(Fields.prune(object, schema.get()));
                Fields.dropNulls(object, schema.get());
                unknown.addAll(embedded.cleanWithin(object, schema.get()));
            }
            return unknown;
        } catch (Embedded.Misshapen misshapen) {
            throw Embedded.refusal(object, misshapen);
        }
    }

    @Override
    public void convert(Resource object, GroupVersionKind target) {
        convert(List.of(object), target);
    }

    /// What the other version does not know is lost. Each version that the objects have is one question.
    @Override
    public void convert(List<Resource> objects, GroupVersionKind target) {
        if (webhook.isPresent()) {
            objects.stream()
                    .filter(object -> !object.text("apiVersion").equals(target.apiVersion()))
                    .collect(Collectors.groupingBy(object -> object.text("apiVersion")))
                    .values()
                    .forEach(others -> webhook.get().convert(others, target));
        }
        for (Resource object : objects) {
            object.tree().put("apiVersion", target.apiVersion());
            tidy(object.tree());
        }
    }

    @Override
    public boolean revives() {
        return true;
    }

    @Override
    public void revive(Resource object) {
        tidy(object.tree());
        if (object.generation() == 0) {
            object.metadata().put("generation", 1);
        }
        fill(object.tree());
        sort(object.tree());
    }

    /// Kubernetes, which has no types for them, shows fields of custom resources in the order of the alphabet.
    private static void sort(JsonNode node) {
        if (node instanceof ObjectNode object) {
            var sorted = new TreeMap<String, JsonNode>();
            object.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
            object.removeAll();
            sorted.forEach(object::set);
        }
        node.forEach(CustomShape::sort);
    }

    /// Fills in defaults.
    void fill(ObjectNode object) {
        schema(object).ifPresent(schema -> Fields.fill(object, schema));
    }

    private void tidy(ObjectNode object) {
        schema(object).ifPresent(schema -> {
            Fields.prune(object, schema);
            Fields.dropNulls(object, schema);
        });
    }

    private Optional<Structural> schema(ObjectNode object) {
        String apiVersion = object.path("apiVersion").asString("");
        return Optional.ofNullable(versions.get(apiVersion.substring(apiVersion.indexOf('/') + 1)));
    }
}
