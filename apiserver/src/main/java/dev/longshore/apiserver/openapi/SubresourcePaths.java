package dev.longshore.apiserver.openapi;

import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Subresource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The paths below an object.
final class SubresourcePaths {

    private static final int OK = 200;
    private static final List<String> PROXY_METHODS =
            List.of("get", "put", "post", "delete", "options", "head", "patch");
    private static final List<String> STREAM_METHODS = List.of("get", "post");
    private static final Parameter BELOW = Parameter.path("path", "The path at the back end.");

    private final ResourcePaths resource;
    private final Subresource sub;
    private final String id;

    SubresourcePaths(ResourcePaths resource, Subresource sub) {
        this.resource = resource;
        this.sub = sub;
        this.id = resource.scopedId() + Names.title(sub.name());
    }

    /// By path, which begins behind the object's name.
    Map<String, List<Operation>> all() {
        String path = "/" + sub.name();
        if (sub instanceof Subresource.Action action) {
            return switch (action.answer()) {
                case OBJECT -> Map.of(path, objects());
                case TEXT -> Map.of(path, List.of(text(action)));
                case STREAM -> Map.of(path, conversations(action, STREAM_METHODS, ""));
                case PROXY -> {
                    var both = new LinkedHashMap<String, List<Operation>>();
                    both.put(path, conversations(action, PROXY_METHODS, ""));
                    both.put(
                            path + "/{path}",
                            conversations(action, PROXY_METHODS, "WithPath").stream()
                                    .map(operation -> operation.with(List.of(BELOW)))
                                    .toList());
                    yield both;
                }
            };
        }
        return Map.of(path, objects());
    }

    private List<Operation> objects() {
        String schema = sub.schema().orElse(resource.schema());
        GroupVersionKind kind = sub.kind();
        var operations = new ArrayList<Operation>();
        if (sub.verbs().contains("get")) {
            operations.add(resource.read(id, kind, schema));
        }
        if (sub.verbs().contains("update")) {
            operations.add(resource.replace(id, kind, schema));
        }
        if (sub.verbs().contains("patch")) {
            operations.add(resource.patch(id, kind, schema));
        }
        if (sub.verbs().contains("create")) {
            operations.add(resource.create(id, "Does it to the object.", kind, schema));
        }
        return operations;
    }

    private Operation text(Subresource.Action action) {
        return resource.operation("get", "read" + id, "Reads it.", "get")
                .of(action.kind())
                .producing(MediaTypes.TEXT)
                .answering(Map.of(OK, Operation.TEXT))
                .taking(parameters(action), Optional.empty())
                .build();
    }

    private List<Operation> conversations(Subresource.Action action, List<String> methods, String suffix) {
        return methods.stream()
                .map(method -> resource.operation(
                                method,
                                "connect" + resource.scopedId(Names.title(method)) + Names.title(sub.name()) + suffix,
                                "Connects to the back end.",
                                "connect")
                        .of(action.kind())
                        .producing(MediaTypes.ANY)
                        .answering(Map.of(OK, Operation.TEXT))
                        .taking(parameters(action), Optional.empty())
                        .build())
                .toList();
    }

    private static List<Parameter> parameters(Subresource.Action action) {
        return action.parameters().stream().map(Parameter::of).toList();
    }
}
