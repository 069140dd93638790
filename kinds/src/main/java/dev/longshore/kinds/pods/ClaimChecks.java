package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Tightened;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.NameRule;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What wishes for storage must be like: claims, and the templates of claims in pods and stateful sets.
public final class ClaimChecks {

    private static final Set<String> TEMPLATE_METADATA = Set.of("labels", "annotations", "creationTimestamp");

    private ClaimChecks() {}

    /// Checks a template of claims: only labels and annotations may be given.
    static void template(Checks checks, String path, ObjectNode template) {
        JsonNode metadata = template.path("metadata");
        annotations(checks, path + ".metadata.annotations", metadata.path("annotations"));
        Selectors.checkLabels(checks, path + ".metadata.labels", metadata.path("labels"));
        for (var field : metadata.properties()) {
            if (!TEMPLATE_METADATA.contains(field.getKey()) && Trees.has(metadata, field.getKey())) {
                checks.forbidden(path + ".metadata." + field.getKey(), "cannot be set");
            }
        }
        spec(checks, path + ".spec", template.path("spec"));
    }

    /// Checks a map of annotations.
    static void annotations(Checks checks, String path, JsonNode annotations) {
        annotations
                .propertyNames()
                .forEach(key -> MetadataRules.qualifiedName(key.toLowerCase(Locale.ROOT))
                        .forEach(fault -> checks.invalid(path, key, fault)));
    }

    /// Checks a claim's spec.
    public static void spec(Checks checks, String path, JsonNode spec) {
        if (spec.path("accessModes").isEmpty()) {
            checks.required(path + ".accessModes", "at least 1 access mode is required");
        }
        Selectors.checkOrKept(checks, path + ".selector", spec.path("selector"));
        accessModes(checks, path + ".accessModes", spec);
        JsonNode storage = Trees.at(spec, "resources", "requests", "storage");
        String at = path + ".resources[storage]";
        if (storage.isMissingNode() || storage.isNull()) {
            checks.required(at);
        } else if (ResourceChecks.positive(checks, at, storage)) {
            ResourceChecks.amount(checks, at, storage, "storage");
        }
        className(checks, path + ".storageClassName", Trees.text(spec, "storageClassName"));
        checks.anyOf(path + ".volumeMode", Trees.text(spec, "volumeMode"), "Block", "Filesystem");
        sources(checks, path, spec);
        className(checks, path + ".volumeAttributesClassName", Trees.text(spec, "volumeAttributesClassName"));
    }

    /// Checks the name of a class, which may be empty.
    public static void className(Checks checks, String path, String name) {
        if (!name.isEmpty()) {
            checks.name(path, name, NameRule.DNS_SUBDOMAIN);
        }
    }

    /// Checks access modes, of volumes and claims.
    public static void accessModes(Checks checks, String path, JsonNode spec) {
        List<String> modes = Trees.strings(spec, "accessModes");
        for (String mode : modes) {
            if (!isMode(mode)) {
                checks.unsupported(path, mode, "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod");
            }
        }
        boolean hasOther = modes.stream().anyMatch(mode -> isMode(mode) && !mode.equals("ReadWriteOncePod"));
        if (modes.contains("ReadWriteOncePod") && hasOther) {
            checks.forbidden(path, "may not use ReadWriteOncePod with other access modes");
        }
    }

    private static boolean isMode(String mode) {
        return switch (mode) {
            case "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod" -> true;
            default -> false;
        };
    }

    private static void sources(Checks checks, String path, JsonNode spec) {
        JsonNode source = spec.path("dataSource");
        JsonNode reference = spec.path("dataSourceRef");
        source(checks, path + ".dataSource", source);
        source(checks, path + ".dataSourceRef", reference);
        String namespace = Trees.text(reference, "namespace");
        if (!namespace.isEmpty()) {
            checks.name(path + ".dataSourceRef.namespace", namespace, NameRule.DNS_LABEL);
            if (source.isObject()) {
                checks.invalid(
                        path, path + ".dataSource", "may not be specified when dataSourceRef.namespace is specified");
            }
        } else if (source.isObject() && reference.isObject() && !isSame(source, reference)) {
            checks.invalid(path, path + ".dataSource", "must match dataSourceRef");
        }
    }

    private static boolean isSame(JsonNode source, JsonNode reference) {
        return List.of("apiGroup", "kind", "name").stream()
                .allMatch(field -> Trees.text(source, field).equals(Trees.text(reference, field)));
    }

    private static void source(Checks checks, String at, JsonNode source) {
        if (!source.isObject()) {
            return;
        }
        checks.requiredText(at + ".name", Trees.text(source, "name"));
        String kind = Trees.text(source, "kind");
        checks.requiredText(at + ".kind", kind);
        String group = Trees.text(source, "apiGroup");
        if (!group.isEmpty()) {
            checks.under(Tightened.SOURCE_GROUP, () -> checks.name(at + ".apiGroup", group, NameRule.DNS_SUBDOMAIN));
        } else if (!kind.equals("PersistentVolumeClaim")) {
            checks.invalid(at, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
        }
    }
}
