package dev.longshore.apiserver.openapi;

import dev.longshore.model.GroupVersionKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Spells an [Operation] on objects: by default it consumes anything and produces objects.
final class OperationBuilder {

    private final String method;
    private final String id;
    private final String description;
    private final String tag;
    private final String action;
    private GroupVersionKind kind;
    private List<String> consumes = MediaTypes.ANY;
    private List<String> produces = MediaTypes.OBJECTS;
    private List<Parameter> parameters = List.of();
    private Optional<Operation.Body> body = Optional.empty();
    private Map<Integer, String> answers = Map.of();

    OperationBuilder(String method, String id, String description, String tag, String action, GroupVersionKind kind) {
        this.method = method;
        this.id = id;
        this.description = description;
        this.tag = tag;
        this.action = action;
        this.kind = kind;
    }

    OperationBuilder of(GroupVersionKind of) {
        kind = of;
        return this;
    }

    OperationBuilder consuming(List<String> types) {
        consumes = types;
        return this;
    }

    OperationBuilder producing(List<String> types) {
        produces = types;
        return this;
    }

    OperationBuilder answering(Map<Integer, String> by) {
        answers = by;
        return this;
    }

    OperationBuilder taking(List<Parameter> some, Optional<Operation.Body> sent) {
        parameters = some;
        body = sent;
        return this;
    }

    Operation build() {
        return new Operation(
                method, id, description, tag, action, Optional.of(kind), consumes, produces, parameters, body, answers);
    }
}
