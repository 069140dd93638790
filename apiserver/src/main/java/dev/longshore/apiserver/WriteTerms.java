package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.http.Request;
import dev.longshore.model.Admission.Operation;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a request says of a write beside its object.
///
/// @param options the operation's, as an object of `meta.k8s.io/v1`; made when asked for
/// @param scales how the rules of admission see the object, if a Scale is written
/// @param isOfMany one of many that one request deletes, which names none of them
record WriteTerms(Function<Operation, Optional<ObjectNode>> options, Optional<Scales> scales, boolean isOfMany) {

    /// Nothing.
    static final WriteTerms NONE = new WriteTerms(operation -> Optional.empty(), Optional.empty(), false);

    private static final String VERSION = "meta.k8s.io/v1";

    /// Those of a request that creates or changes.
    static WriteTerms of(Request request) {
        return new WriteTerms(operation -> options(request, operation), Optional.empty(), false);
    }

    /// Those of a request that deletes.
    static WriteTerms of(ObjectNode deleteOptions, boolean isOfMany) {
        return new WriteTerms(operation -> Optional.of(deleteOptions), Optional.empty(), isOfMany);
    }

    /// The same, of a Scale.
    WriteTerms seenAs(Scales seen) {
        return new WriteTerms(options, Optional.of(seen), isOfMany);
    }

    /// Options of `kind`, yet without any.
    static ObjectNode start(String kind) {
        return Json.object().put("kind", kind).put("apiVersion", VERSION);
    }

    private static Optional<ObjectNode> options(Request request, Operation operation) {
        return switch (operation) {
            case CREATE -> Optional.of(options(request, start("CreateOptions")));
            case UPDATE -> Optional.of(options(request, start("UpdateOptions")));
            case DELETE, CONNECT -> Optional.empty();
        };
    }

    private static ObjectNode options(Request request, ObjectNode options) {
        List<String> dryRun = request.query().all("dryRun");
        if (!dryRun.isEmpty()) {
            ArrayNode list = options.putArray("dryRun");
            dryRun.forEach(list::add);
        }
        for (String name : List.of("fieldManager", "fieldValidation")) {
            request.query().first(name).filter(value -> !value.isEmpty()).ifPresent(value -> options.put(name, value));
        }
        return options;
    }
}
