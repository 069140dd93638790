package dev.longshore.kinds.custom;

import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import dev.longshore.model.Schema;
import dev.longshore.model.SchemaChecker;
import dev.longshore.model.Schemas;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What custom resources have in common with all resources: their own metadata, and resources that stand within them
/// (`x-kubernetes-embedded-resource`) with theirs. Thread-safe.
final class Embedded {

    private static final Schema METADATA = Schema.reference("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
    private static final String JSON = "json: ";

    private final SchemaChecker checker;

    /// By what `schemas` say of metadata.
    Embedded(Schemas schemas) {
        this.checker = new SchemaChecker(schemas);
    }

    /// Something that cannot be metadata, or the name of a kind.
    static final class Misshapen extends Exception {
        private static final long serialVersionUID = 1L;

        Misshapen(String message) {
            super(message, null, false, false);
        }
    }

    /// Cleans the metadata of `resource`, which stands at `path` (empty for the whole), in place.
    ///
    /// @return the paths of the fields that were unknown and dropped
    List<String> cleanMetadata(ObjectNode resource, String path) throws Misshapen {
        JsonNode metadata = resource.get("metadata");
        if (metadata == null) {
            return List.of();
        }
        if (metadata.isNull()) {
            resource.putObject("metadata");
            return List.of();
        }
        if (!(metadata instanceof ObjectNode object)) {
            throw new Misshapen("json: cannot unmarshal " + dev.longshore.model.GoText.jsonTypeOf(metadata)
                    + " into Go value of type v1.ObjectMeta");
        }
        try {
            String prefix = path.isEmpty() ? "metadata." : path + ".metadata.";
            return checker.clean(object, METADATA).stream()
                    .map(name -> prefix + name)
                    .toList();
        } catch (FaultException misshapen) {
            String message = misshapen.fault().message();
            int at = message.indexOf(JSON);
            throw new Misshapen(at < 0 ? message : message.substring(at));
        }
    }

    /// Cleans the resources within `value` in place.
    ///
    /// @return the paths of the fields that were unknown and dropped, in the order of the alphabet
    List<String> cleanWithin(ObjectNode value, Structural schema) throws Misshapen {
        var unknown = new ArrayList<String>();
        within(value, schema, false, "", unknown);
        Collections.sort(unknown);
        return unknown;
    }

    private void within(JsonNode value, Structural schema, boolean isResource, String path, List<String> unknown)
            throws Misshapen {
        if (value instanceof ObjectNode object) {
            if (isResource) {
                requireTexts(object, path);
                try {
                    unknown.addAll(cleanMetadata(object, path));
                } catch (Misshapen misshapen) {
                    throw new Misshapen(path + ".metadata: Invalid value: " + object.path("metadata") + ": "
                            + misshapen.getMessage());
                }
            }
            for (var field : object.properties()) {
                var inner = schema.field(field.getKey());
                if (inner.isPresent()) {
                    String below = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
                    within(field.getValue(), inner.get(), inner.get().isEmbedded(), below, unknown);
                }
            }
        } else if (value instanceof ArrayNode list && schema.items().isPresent()) {
            Structural items = schema.items().get();
            for (int i = 0; i < list.size(); i++) {
                within(list.get(i), items, items.isEmbedded(), path + "[" + i + "]", unknown);
            }
        }
    }

    private static void requireTexts(ObjectNode resource, String path) throws Misshapen {
        for (String field : List.of("apiVersion", "kind")) {
            JsonNode value = resource.get(field);
            if (value != null && !value.isString()) {
                throw new Misshapen(path + "." + field + ": Invalid value: " + value + ": must be a string");
            }
        }
    }

    /// What is wrong with the resources within `value`.
    static List<Cause> check(JsonNode value, Structural schema) {
        var causes = new ArrayList<Cause>();
        check(value, schema, false, "", causes);
        return causes;
    }

    private static void check(JsonNode value, Structural schema, boolean isResource, String path, List<Cause> causes) {
        if (value instanceof ObjectNode object) {
            if (isResource) {
                resource(object, path, causes);
            }
            object.properties().forEach(field -> {
                boolean isNamed = schema.properties().containsKey(field.getKey());
                String step = isNamed ? "." + field.getKey() : "[" + field.getKey() + "]";
                String below = path.isEmpty() && isNamed ? field.getKey() : path + step;
                schema.field(field.getKey())
                        .ifPresent(inner -> check(field.getValue(), inner, inner.isEmbedded(), below, causes));
            });
        } else if (value instanceof ArrayNode list) {
            schema.items().ifPresent(items -> {
                for (int i = 0; i < list.size(); i++) {
                    check(list.get(i), items, items.isEmbedded(), path + "[" + i + "]", causes);
                }
            });
        }
    }

    private static void resource(ObjectNode resource, String path, List<Cause> causes) {
        for (String field : List.of("apiVersion", "kind")) {
            if (!resource.has(field)) {
                causes.add(Cause.required(path + "." + field, ""));
            }
        }
        if (resource.has("apiVersion")) {
            apiVersion(resource.get("apiVersion"), path + ".apiVersion", causes);
        }
        if (resource.has("kind")) {
            kind(resource.get("kind"), path + ".kind", causes);
        }
        if (resource.has("metadata")) {
            var whole = new Resource(resource).copy();
            if (whole.name().isEmpty()) {
                whole.metadata().put("name", "fakename");
            }
            boolean isPlaced = !whole.namespace().isEmpty();
            MetadataRules.check(whole, NameRule.PATH_SEGMENT, isPlaced)
                    .forEach(cause -> causes.add(new Cause(cause.type(), path + "." + cause.field(), cause.message())));
        }
    }

    private static void apiVersion(JsonNode value, String path, List<Cause> causes) {
        String text = value.asString("");
        if (!value.isString()) {
            causes.add(Cause.invalid(path, value.toString(), "must be a string"));
        } else if (text.isEmpty()) {
            causes.add(Cause.invalid(path, "\"\"", "must not be empty"));
        } else if (text.chars().filter(letter -> letter == '/').count() > 1) {
            causes.add(Cause.invalid(path, Cause.quote(text), "unexpected GroupVersion string: " + text));
        }
    }

    private static void kind(JsonNode value, String path, List<Cause> causes) {
        String text = value.asString("");
        if (!value.isString()) {
            causes.add(Cause.invalid(path, value.toString(), "must be a string"));
        } else if (text.isEmpty()) {
            causes.add(Cause.invalid(path, "\"\"", "must not be empty"));
        } else {
            List<String> faults = NameRule.DNS_1035_LABEL.check(text.toLowerCase(Locale.ROOT));
            if (!faults.isEmpty()) {
                causes.add(Cause.invalid(
                        path,
                        Cause.quote(text),
                        "may have mixed case, but should otherwise match: " + String.join(",", faults)));
            }
        }
    }

    /// The refusal of a body that is misshapen.
    static FaultException refusal(ObjectNode object, Misshapen misshapen) {
        String kind = object.path("kind").asString("");
        String apiVersion = object.path("apiVersion").asString("");
        String version = apiVersion.substring(apiVersion.indexOf('/') + 1);
        return new FaultException(new Fault.BadRequest("%s in version \"%s\" cannot be handled as a %s: %s"
                .formatted(kind, version, kind, misshapen.getMessage())));
    }
}
