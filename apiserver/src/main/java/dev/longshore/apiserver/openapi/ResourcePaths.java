package dev.longshore.apiserver.openapi;

import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The paths of one resource's objects.
///
/// ```
/// /namespaces/{namespace}/widgets          list, create, delete all
/// /namespaces/{namespace}/widgets/{name}   read, replace, patch, delete     and subresources below
/// /widgets                                 list across namespaces
/// /watch/…                                 the old form of watches, one for each of these
/// ```
final class ResourcePaths {

    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int ACCEPTED = 202;

    private final ResourceDefinition definition;
    private final GroupVersionKind kind;
    private final String groupVersion;
    private final String list;
    private final Parameter name;

    ResourcePaths(ResourceDefinition definition) {
        this.definition = definition;
        this.kind = definition.kind();
        this.groupVersion = Names.path(kind.group(), kind.version());
        String schema = definition.schema();
        this.list = schema.substring(0, schema.lastIndexOf('.') + 1)
                + definition.names().listKind();
        this.name = Parameter.path("name", "The name of the " + kind.kind() + ".");
    }

    List<PathItem> all() {
        var items = new ArrayList<PathItem>();
        add(items, collection(""), inCollection(), onCollection());
        add(items, collection("") + "/{name}", inObject(), onObject());
        if (definition.namespaced() && has("list")) {
            add(items, everywhere(""), List.of(), List.of(listing("list" + id() + "ForAllNamespaces")));
        }
        if (has("watch")) {
            watches(items);
        }
        definition
                .subresources()
                .forEach(sub -> new SubresourcePaths(this, sub)
                        .all()
                        .forEach((path, operations) ->
                                add(items, collection("") + "/{name}" + path, inObject(), operations)));
        return items;
    }

    private void watches(List<PathItem> items) {
        String old = "watch/";
        add(items, collection(old), inCollection(), List.of(watch("watch" + scopedId() + "List", "watchlist")));
        add(items, collection(old) + "/{name}", inObject(), List.of(watch("watch" + scopedId(), "watch")));
        if (definition.namespaced()) {
            String id = "watch" + id() + "ListForAllNamespaces";
            add(items, everywhere(old), List.of(), List.of(watch(id, "watchlist")));
        }
    }

    private void add(List<PathItem> items, String path, List<Parameter> scope, List<Operation> operations) {
        if (!operations.isEmpty()) {
            items.add(new PathItem(
                    path,
                    groupVersion,
                    operations.stream()
                            .map(operation -> pretty(operation.with(scope)))
                            .toList()));
        }
    }

    /// A conversation's answer is the back end's: nothing can be indented.
    private static Operation pretty(Operation operation) {
        return operation.action().equals("connect") ? operation : operation.with(List.of(Parameter.PRETTY));
    }

    private List<Parameter> inCollection() {
        return definition.namespaced() ? List.of(Parameter.NAMESPACE) : List.of();
    }

    private List<Parameter> inObject() {
        return definition.namespaced() ? List.of(name, Parameter.NAMESPACE) : List.of(name);
    }

    private String everywhere(String prefix) {
        return "/" + groupVersion + "/" + prefix + definition.names().plural();
    }

    private String collection(String prefix) {
        String scope = definition.namespaced() ? "namespaces/{namespace}/" : "";
        return "/" + groupVersion + "/" + prefix + scope + definition.names().plural();
    }

    String schema() {
        return definition.schema();
    }

    private boolean has(String verb) {
        return definition.verbs().contains(verb);
    }

    /// `CoreV1Pod`.
    private String id() {
        return Names.groupVersion(kind.group(), kind.version()) + kind.kind();
    }

    /// `CoreV1NamespacedPod`, with what stands before the scope.
    String scopedId() {
        return scopedId("");
    }

    String scopedId(String inserted) {
        return Names.groupVersion(kind.group(), kind.version())
                + inserted
                + (definition.namespaced() ? "Namespaced" : "")
                + kind.kind();
    }

    private List<Operation> onCollection() {
        var operations = new ArrayList<Operation>();
        if (has("list")) {
            operations.add(listing("list" + scopedId()));
        }
        if (has("create")) {
            operations.add(create(scopedId(), "Creates a " + kind.kind() + ".", kind, definition.schema()));
        }
        if (has("deletecollection")) {
            operations.add(operation(
                            "delete",
                            "delete" + scopedId("Collection"),
                            "Deletes every " + kind.kind() + " that fits.",
                            "deletecollection")
                    .answering(Map.of(OK, Names.META + "Status"))
                    .taking(deletingCollections(), Optional.of(options()))
                    .build());
        }
        return operations;
    }

    private List<Operation> onObject() {
        var operations = new ArrayList<Operation>();
        if (has("get")) {
            operations.add(read(scopedId(), kind, definition.schema()));
        }
        if (has("update")) {
            operations.add(replace(scopedId(), kind, definition.schema()));
        }
        if (has("patch")) {
            operations.add(patch(scopedId(), kind, definition.schema()));
        }
        if (has("delete")) {
            String answer = definition.strategy().showsDeleted() ? definition.schema() : Names.META + "Status";
            operations.add(operation("delete", "delete" + scopedId(), "Deletes a " + kind.kind() + ".", "delete")
                    .answering(Map.of(OK, answer, ACCEPTED, answer))
                    .taking(Parameter.DELETING, Optional.of(options()))
                    .build());
        }
        return operations;
    }

    private static Operation.Body options() {
        return new Operation.Body(Names.META + "DeleteOptions", false);
    }

    private static List<Parameter> deletingCollections() {
        var all = new ArrayList<>(Parameter.DELETING);
        Parameter.LISTING.stream()
                .filter(parameter -> !List.of("allowWatchBookmarks", "watch").contains(parameter.name()))
                .forEach(all::add);
        return all;
    }

    private Operation listing(String id) {
        return operation("get", id, "Lists or watches objects of kind " + kind.kind() + ".", "list")
                .producing(MediaTypes.LISTS)
                .answering(Map.of(OK, list))
                .taking(Parameter.LISTING, Optional.empty())
                .build();
    }

    private Operation watch(String id, String action) {
        return operation("get", id, "Watches: a list with `watch=1` does the same.", action)
                .producing(MediaTypes.LISTS)
                .answering(Map.of(OK, Names.META + "WatchEvent"))
                .taking(Parameter.LISTING, Optional.empty())
                .build();
    }

    Operation read(String id, GroupVersionKind of, String schema) {
        return operation("get", "read" + id, "Reads it.", "get")
                .of(of)
                .answering(Map.of(OK, schema))
                .build();
    }

    Operation create(String id, String description, GroupVersionKind of, String schema) {
        return operation("post", "create" + id, description, "post")
                .of(of)
                .answering(Map.of(OK, schema, CREATED, schema, ACCEPTED, schema))
                .taking(
                        List.of(Parameter.DRY_RUN, Parameter.MANAGER, Parameter.FIELD_VALIDATION),
                        Optional.of(new Operation.Body(schema, true)))
                .build();
    }

    Operation replace(String id, GroupVersionKind of, String schema) {
        return operation("put", "replace" + id, "Replaces it.", "put")
                .of(of)
                .answering(Map.of(OK, schema, CREATED, schema))
                .taking(
                        List.of(Parameter.DRY_RUN, Parameter.MANAGER, Parameter.FIELD_VALIDATION),
                        Optional.of(new Operation.Body(schema, true)))
                .build();
    }

    Operation patch(String id, GroupVersionKind of, String schema) {
        return operation("patch", "patch" + id, "Changes a part of it.", "patch")
                .of(of)
                .consuming(patches())
                .answering(Map.of(OK, schema, CREATED, schema))
                .taking(
                        List.of(
                                Parameter.DRY_RUN,
                                Parameter.PATCH_MANAGER,
                                Parameter.FIELD_VALIDATION,
                                Parameter.FORCE),
                        Optional.of(new Operation.Body(Names.META + "Patch", true)))
                .build();
    }

    /// Clients look here for whether they can send a strategic merge patch, which custom kinds take none of.
    private List<String> patches() {
        boolean isCustom = definition.strategy().cleaning().isPresent();
        return MediaTypes.PATCHES.stream()
                .filter(type -> !isCustom || !type.contains("strategic"))
                .toList();
    }

    OperationBuilder operation(String method, String id, String description, String action) {
        return new OperationBuilder(method, id, description, Names.tag(kind.group(), kind.version()), action, kind);
    }
}
