package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Strategy;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A kind that a client makes. Here are only the rules for writing it; the API machine serves what it says.
final class CustomResourceDefinitionKind {

    private CustomResourceDefinitionKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(
                        context, "apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions")
                .clusterScoped()
                .shortNames("crd", "crds")
                .categories("api-extensions")
                .prefix("apiextensions.k8s.io/customresourcedefinitions")
                .status()
                .table(Columns.stamped())
                .strategy(new Rules())
                .build();
    }

    private record Rules() implements Strategy {
        @Override
        public void applyDefaults(Resource object) {
            Trees.object(object.tree(), "spec").ifPresent(spec -> {
                ObjectNode names = Defaults.object(spec, "names");
                String kind = Trees.text(names, "kind");
                if (!kind.isEmpty()) {
                    Defaults.put(names, "singular", kind.toLowerCase(Locale.ROOT));
                    Defaults.put(names, "listKind", kind + "List");
                }
                ObjectNode conversion = Defaults.object(spec, "conversion");
                Defaults.put(conversion, "strategy", "None");
                Trees.object(conversion, "webhook", "clientConfig", "service")
                        .ifPresent(service -> Defaults.put(service, "port", 443));
            });
        }

        @Override
        public void prepareForCreate(Call call, Resource object) {
            object.tree().putObject("status");
            remember(object);
        }

        @Override
        public void prepareForUpdate(Call call, Resource object, Resource old) {
            Strategy.super.prepareForUpdate(call, object, old);
            remember(object);
        }

        /// Objects may be stored in this version from now on, and nobody knows until when.
        private static void remember(Resource object) {
            var stored = object.object("status").withArray("storedVersions");
            for (ObjectNode version : Trees.list(object.tree(), "spec", "versions")) {
                String name = Trees.text(version, "name");
                boolean isNew = stored.valueStream()
                        .noneMatch(known -> known.asString("").equals(name));
                if (Trees.flag(version, "storage") && isNew) {
                    stored.add(name);
                }
            }
        }

        @Override
        public List<Cause> validate(Call call, Resource object) {
            var checks = new Checks();
            check(checks, object.tree());
            return checks.causes();
        }

        @Override
        public List<Cause> validateUpdate(Call call, Resource object, Resource old) {
            var checks = new Checks();
            check(checks, object.tree());
            for (String field : List.of("group", "scope")) {
                checks.unchanged("spec." + field, object.tree(), old.tree(), "spec", field);
            }
            checks.unchanged("spec.names.plural", object.tree(), old.tree(), "spec", "names", "plural");
            checks.unchanged("spec.names.kind", object.tree(), old.tree(), "spec", "names", "kind");
            return checks.causes();
        }
    }

    private static void check(Checks checks, ObjectNode object) {
        JsonNode spec = object.path("spec");
        String name = Trees.text(object, "metadata", "name");
        String group = Trees.text(spec, "group");
        String plural = Trees.text(spec, "names", "plural");
        if (!name.equals(plural + "." + group)) {
            checks.invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group");
        }
        checks.requiredName("spec.group", group, NameRule.DNS_SUBDOMAIN);
        if (!group.isEmpty() && !group.contains(".")) {
            checks.invalid("spec.group", group, "should be a domain with at least one dot");
        }
        checks.requiredOneOf("spec.scope", Trees.text(spec, "scope"), "Cluster", "Namespaced");
        names(checks, spec.path("names"));
        versions(checks, spec);
        checks.oneOf("spec.conversion.strategy", Trees.text(spec, "conversion", "strategy"), "None", "Webhook");
    }

    private static void names(Checks checks, JsonNode names) {
        checks.requiredName("spec.names.plural", Trees.text(names, "plural"), NameRule.DNS_1035_LABEL);
        checks.requiredName("spec.names.singular", Trees.text(names, "singular"), NameRule.DNS_1035_LABEL);
        String kind = Trees.text(names, "kind");
        String listKind = Trees.text(names, "listKind");
        checks.requiredName("spec.names.kind", kind.toLowerCase(Locale.ROOT), NameRule.DNS_1035_LABEL);
        checks.requiredName("spec.names.listKind", listKind.toLowerCase(Locale.ROOT), NameRule.DNS_1035_LABEL);
        if (!kind.isEmpty() && kind.equals(listKind)) {
            checks.invalid("spec.names.listKind", listKind, "kind and listKind may not be the same");
        }
    }

    private static void versions(Checks checks, JsonNode spec) {
        List<ObjectNode> versions = Trees.list(spec, "versions");
        var seen = new HashSet<String>();
        for (int i = 0; i < versions.size(); i++) {
            String path = "spec.versions[" + i + "]";
            String name = Trees.text(versions.get(i), "name");
            checks.requiredName(path + ".name", name, NameRule.DNS_1035_LABEL);
            checks.unique(path + ".name", name, seen);
            if (!Trees.has(versions.get(i), "schema", "openAPIV3Schema")) {
                checks.required(path + ".schema.openAPIV3Schema", "schemas are required");
            }
        }
        long stored = versions.stream()
                .filter(version -> Trees.flag(version, "storage"))
                .count();
        if (stored != 1) {
            checks.invalid(
                    "spec.versions", spec.path("versions"), "must have exactly one version marked as storage version");
        }
        boolean isPreserving = Trees.flag(spec, "preserveUnknownFields");
        if (isPreserving) {
            checks.invalid("spec.preserveUnknownFields", spec.path("preserveUnknownFields"), "must be false");
        }
    }
}
