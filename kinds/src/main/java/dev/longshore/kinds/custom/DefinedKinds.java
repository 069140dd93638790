package dev.longshore.kinds.custom;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.CustomKinds;
import dev.longshore.model.GroupResource;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.OutboundCall;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Schemas;
import dev.longshore.model.SelectableFields;
import dev.longshore.model.Subresource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes kinds of CustomResourceDefinitions.
public final class DefinedKinds implements CustomKinds {

    private static final Set<String> VERBS =
            Set.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

    private final Embedded embedded;
    private final OutboundCall calls;

    /// @param schemas of what is built in, which says what metadata are
    /// @param calls reaches conversion webhooks
    public DefinedKinds(Schemas schemas, OutboundCall calls) {
        this.embedded = new Embedded(schemas);
        this.calls = calls;
    }

    @Override
    public Made make(Resource definition) {
        return new Making(definition, embedded, calls).all();
    }

    /// One definition that is being read.
    private static final class Making {
        private final JsonNode spec;
        private final JsonNode names;
        private final String group;
        private final List<ObjectNode> versions;
        private final Map<String, Structural> schemas = new HashMap<>();
        private final CustomShape shape;
        private final boolean isTerminating;

        Making(Resource definition, Embedded embedded, OutboundCall calls) {
            this.spec = definition.tree().path("spec");
            this.names = definition.at("status", "acceptedNames");
            this.group = Trees.text(spec, "group");
            this.versions = Trees.list(spec, "versions");
            for (ObjectNode version : versions) {
                schemas.put(
                        Trees.text(version, "name"),
                        Structural.of(version.path("schema").path("openAPIV3Schema")));
            }
            JsonNode conversion = spec.path("conversion");
            this.shape = new CustomShape(
                    group,
                    schemas,
                    Trees.text(conversion, "strategy").equals("Webhook")
                            ? Optional.of(new WebhookConversion(conversion, calls))
                            : Optional.empty(),
                    embedded);
            this.isTerminating = definition.isTerminating();
        }

        Made all() {
            var served = new ArrayList<Served>();
            var kept = new ArrayList<Served>();
            for (ObjectNode version : versions) {
                boolean isServed = Trees.flag(version, "served");
                if (isServed || Trees.flag(version, "storage")) {
                    Served made = one(version);
                    kept.add(made);
                    if (isServed) {
                        served.add(made);
                    }
                }
            }
            return new Made(served, kept);
        }

        private Served one(ObjectNode version) {
            String name = Trees.text(version, "name");
            var kind = new GroupVersionKind(group, name, Trees.text(names, "kind"));
            String plural = Trees.text(names, "plural");
            String listKind = Trees.text(names, "listKind");
            boolean namespaced = Trees.text(spec, "scope").equals("Namespaced");
            var document = new CustomDocument(kind, listKind, plural, version);
            var definition = new ResourceDefinition(
                    kind,
                    new ResourceDefinition.Names(
                            plural,
                            Trees.text(names, "singular"),
                            listKind,
                            Trees.strings(names, "shortNames"),
                            Trees.strings(names, "categories")),
                    namespaced,
                    VERBS,
                    CustomDocument.name(group, name, kind.kind()),
                    new ResourceDefinition.Storage(
                            group + "/" + plural, new GroupVersionKind(group, stored(), kind.kind()), shape),
                    strategy(version, plural),
                    subresources(version, kind),
                    CustomTable.of(version),
                    fields(version, namespaced),
                    Optional.empty(),
                    true,
                    deprecation(version));
            return new Served(definition, new CustomSchemas(document));
        }

        private String stored() {
            return versions.stream()
                    .filter(version -> Trees.flag(version, "storage"))
                    .map(version -> Trees.text(version, "name"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no version is stored"));
        }

        private CustomStrategy strategy(ObjectNode version, String plural) {
            return new CustomStrategy(
                    new GroupResource(group, plural),
                    shape,
                    schemas.get(Trees.text(version, "name")),
                    Rules.of(schemas.get(Trees.text(version, "name")), true),
                    Trees.has(version, "subresources", "status"),
                    Trees.object(version, "subresources", "scale")
                            .map(scale -> new CustomScale(
                                    Trees.text(scale, "specReplicasPath"),
                                    Trees.text(scale, "statusReplicasPath"),
                                    Trees.text(scale, "labelSelectorPath"))),
                    isTerminating);
        }

        private static List<Subresource> subresources(ObjectNode version, GroupVersionKind kind) {
            var subresources = new ArrayList<Subresource>();
            if (Trees.has(version, "subresources", "status")) {
                subresources.add(new Subresource.Status(kind));
            }
            Trees.object(version, "subresources", "scale")
                    .ifPresent(scale -> subresources.add(new Subresource.Scale(
                            path(scale, "specReplicasPath"),
                            path(scale, "statusReplicasPath"),
                            path(scale, "labelSelectorPath"),
                            Columns.scale())));
            return subresources;
        }

        private static String path(ObjectNode holder, String field) {
            return Trees.text(holder, field).replaceFirst("^\\.", "");
        }

        private static SelectableFields fields(ObjectNode version, boolean namespaced) {
            var readers = new HashMap<String, Function<Resource, String>>();
            for (ObjectNode field : Trees.list(version, "selectableFields")) {
                String path = path(field, "jsonPath");
                String[] steps = path.split("\\.");
                readers.put(path, object -> text(object.at(steps)));
            }
            return new SelectableFields(readers, namespaced, SelectableFields.USUAL_REFUSAL);
        }

        private static String text(JsonNode value) {
            return value.isString() ? value.asString() : value.isValueNode() && !value.isNull() ? value.toString() : "";
        }

        /// What whoever uses a deprecated version is told: the definition's words, or which version to use instead.
        private String deprecation(ObjectNode version) {
            if (!Trees.flag(version, "deprecated")) {
                return "";
            }
            String own = Trees.text(version, "deprecationWarning");
            if (!own.isEmpty()) {
                return own;
            }
            String kind = Trees.text(spec, "names", "kind");
            String name = Trees.text(version, "name");
            String warning = group + "/" + name + " " + kind + " is deprecated";
            return VersionOrder.newest(versions.stream()
                            .filter(other -> Trees.flag(other, "served") && !Trees.flag(other, "deprecated"))
                            .map(other -> Trees.text(other, "name"))
                            .filter(other -> VersionOrder.NEWEST_FIRST.compare(other, name) < 0)
                            .toList())
                    .map(newer -> warning + "; use " + group + "/" + newer + " " + kind)
                    .orElse(warning);
        }
    }
}
