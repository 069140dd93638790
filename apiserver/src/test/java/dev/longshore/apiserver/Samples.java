package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.Conversion;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Schema;
import dev.longshore.model.Schemas;
import dev.longshore.model.SelectableFields;
import dev.longshore.model.Strategy;
import dev.longshore.model.Subresource;
import dev.longshore.model.SubresourceAction;
import dev.longshore.model.Table;
import dev.longshore.model.VirtualResource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Kinds that exist only here: widgets (namespaced, with everything), gadgets (cluster-wide, two versions) and
/// echoes (not stored).
final class Samples {

    static final GroupVersionKind WIDGET = new GroupVersionKind("", "v1", "Widget");
    static final GroupVersionKind GADGET_V1 = new GroupVersionKind("example.com", "v1", "Gadget");
    static final GroupVersionKind GADGET_V2 = new GroupVersionKind("example.com", "v2", "Gadget");

    private static final Set<String> ALL =
            Set.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

    private Samples() {}

    static List<ResourceDefinition> definitions() {
        return List.of(widgets(), gadgets(GADGET_V1), gadgets(GADGET_V2), echoes());
    }

    private static ResourceDefinition widgets() {
        return new ResourceDefinition(
                WIDGET,
                new ResourceDefinition.Names("widgets", "widget", "WidgetList", List.of("wd"), List.of("all")),
                true,
                ALL,
                "test.Widget",
                new ResourceDefinition.Storage("widgets", WIDGET, Conversion.SAME_SHAPE),
                new WidgetStrategy(),
                List.of(
                        new Subresource.Status(WIDGET),
                        new Subresource.Scale("spec.size", "status.size", "spec.selector", new NameAndSize()),
                        new Subresource.Action(
                                "poke", new GroupVersionKind("", "v1", "Poke"), Set.of("create"), Samples::poke),
                        new Subresource.Action(
                                "talk",
                                new GroupVersionKind("", "v1", "TalkOptions"),
                                Set.of("get", "create"),
                                (call, registry, invocation) ->
                                        new SubresourceAction.Result.Connect(new dev.longshore.model.ConnectTarget(
                                                "https",
                                                "node",
                                                10250,
                                                "/talk/" + invocation.name() + "/" + invocation.remainder(),
                                                invocation.parameters(),
                                                dev.longshore.model.ConnectTarget.Trust.KUBELET)),
                                Optional.empty(),
                                Subresource.Answer.STREAM,
                                List.of(new Subresource.Parameter("loud", "boolean", "How.")))),
                new NameAndSize(),
                SelectableFields.of(Map.of("spec.color", object -> object.text("spec", "color")), true),
                Optional.empty(),
                true);
    }

    private static ResourceDefinition gadgets(GroupVersionKind kind) {
        Conversion renames = (object, target) -> {
            var spec = object.object("spec");
            boolean isNew = target.version().equals("v2");
            var value = spec.remove(isNew ? "old" : "new");
            if (value != null) {
                spec.set(isNew ? "new" : "old", value);
            }
        };
        return new ResourceDefinition(
                kind,
                new ResourceDefinition.Names("gadgets", "gadget", "GadgetList", List.of(), List.of()),
                false,
                ALL,
                "none",
                new ResourceDefinition.Storage("gadgets", GADGET_V1, renames),
                new Strategy() {
                    @Override
                    public boolean allowsCreateOnUpdate() {
                        return true;
                    }
                },
                List.of(),
                new NameAndSize(),
                SelectableFields.METADATA,
                Optional.empty(),
                true);
    }

    /// A kind without anything special; on if its version is stable.
    static ResourceDefinition plain(String group, String version, String kind, String plural) {
        var whole = new GroupVersionKind(group, version, kind);
        return new ResourceDefinition(
                whole,
                new ResourceDefinition.Names(
                        plural, kind.toLowerCase(Locale.ROOT), kind + "List", List.of(), List.of()),
                true,
                ALL,
                "none",
                new ResourceDefinition.Storage(plural, whole, Conversion.SAME_SHAPE),
                Strategy.PLAIN,
                List.of(),
                new NameAndSize(),
                SelectableFields.METADATA,
                Optional.empty(),
                version.matches("v\\d+"));
    }

    private static ResourceDefinition echoes() {
        return new ResourceDefinition(
                new GroupVersionKind("example.com", "v1", "Echo"),
                new ResourceDefinition.Names("echoes", "echo", "EchoList", List.of(), List.of()),
                false,
                Set.of("create"),
                "none",
                new ResourceDefinition.Storage(
                        "echoes", new GroupVersionKind("example.com", "v1", "Echo"), Conversion.SAME_SHAPE),
                Strategy.PLAIN,
                List.of(),
                new NameAndSize(),
                SelectableFields.METADATA,
                Optional.of(new VirtualResource() {
                    @Override
                    public Resource create(Call call, Registry registry, String namespace, Resource object) {
                        object.object("status").put("user", call.user().name());
                        return object;
                    }
                }),
                true);
    }

    private static SubresourceAction.Result poke(
            Call call, Registry registry, SubresourceAction.Invocation invocation) {
        Resource changed = registry.change(invocation.resource(), invocation.namespace(), invocation.name(), widget -> {
            widget.object("status")
                    .put("poked", invocation.body().map(Resource::name).orElse("nobody"));
            return widget;
        });
        return new SubresourceAction.Result.Answer(201, changed);
    }

    private static final class WidgetStrategy implements Strategy {
        @Override
        public void applyDefaults(Resource object) {
            var spec = object.object("spec");
            if (!spec.has("size")) {
                spec.put("size", 1L);
            }
        }

        @Override
        public List<Cause> validate(Call call, Resource object) {
            return object.at("spec", "size").asLong(0) > 100
                    ? List.of(
                            Cause.invalid("spec.size", object.at("spec", "size").toString(), "must be at most 100"))
                    : List.of();
        }

        @Override
        public Optional<Duration> gracePeriod(Resource object, Optional<Duration> asked) {
            boolean isSlow = object.text("spec", "color").equals("slow");
            Duration grace = asked.orElse(Duration.ofSeconds(30));
            return isSlow ? Optional.of(grace) : Optional.empty();
        }

        @Override
        public void prepareForDelete(Resource object) {
            object.object("status").put("phase", "Dying");
        }

        @Override
        public boolean isKept(Resource object) {
            return object.text("spec", "color").equals("kept");
        }

        @Override
        public List<String> warnings(Resource object) {
            return object.text("spec", "color").equals("mauve") ? List.of("mauve is \"out\"") : List.of();
        }
    }

    private static final class NameAndSize implements Table {
        @Override
        public List<Column> columns() {
            return List.of(
                    new Column("Name", "string", "name", "The name.", 0),
                    new Column("Size", "integer", "", "The size.", 0));
        }

        @Override
        public List<Object> cells(Resource object, Instant now) {
            return List.of(object.name(), object.at("spec", "size").asLong(0));
        }
    }

    /// The widget's shape.
    static final class Shapes implements Schemas {

        private final Map<String, Schema> all = Map.of(
                "test.Widget",
                object(Map.of(
                        "apiVersion", plain("string"),
                        "kind", plain("string"),
                        "metadata", Schema.ANYTHING,
                        "spec",
                                object(Map.of(
                                        "size", plain("integer"),
                                        "color", plain("string"),
                                        "selector", Schema.ANYTHING,
                                        "parts",
                                                merging(object(
                                                        Map.of("name", plain("string"), "n", plain("integer")))))),
                        "status", Schema.ANYTHING)));

        @Override
        public Set<String> names() {
            return all.keySet();
        }

        @Override
        public Optional<Schema> find(String name) {
            return Optional.ofNullable(all.get(name));
        }

        @Override
        public ObjectNode skeleton(Schema schema) {
            ObjectNode bones = Json.object();
            List.of("metadata", "spec", "status").forEach(bones::putObject);
            return bones;
        }

        private static Schema plain(String type) {
            return schema(type, Map.of(), Optional.empty(), "");
        }

        private static Schema object(Map<String, Schema> properties) {
            return schema("object", properties, Optional.empty(), "");
        }

        private static Schema merging(Schema items) {
            return schema("array", Map.of(), Optional.of(items), "merge");
        }

        private static Schema schema(
                String type, Map<String, Schema> properties, Optional<Schema> items, String strategy) {
            return new Schema(
                    type,
                    "",
                    "",
                    Optional.empty(),
                    properties,
                    List.of(),
                    Optional.empty(),
                    items,
                    strategy.isEmpty() ? "" : "map",
                    strategy.isEmpty() ? List.of() : List.of("name"),
                    "",
                    strategy,
                    strategy.isEmpty() ? "" : "name",
                    Optional.empty(),
                    false);
        }
    }
}
