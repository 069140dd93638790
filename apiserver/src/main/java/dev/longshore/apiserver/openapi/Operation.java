package dev.longshore.apiserver.openapi;

import dev.longshore.model.GroupVersionKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One method of one path.
///
/// @param method in lower case
/// @param action of `x-kubernetes-action`; empty for what is not about objects
/// @param body the name of the body's definition
/// @param answers by status, the name of the answer's definition, [#TEXT], or [#NOTHING]
record Operation(
        String method,
        String id,
        String description,
        String tag,
        String action,
        Optional<GroupVersionKind> kind,
        List<String> consumes,
        List<String> produces,
        List<Parameter> parameters,
        Optional<Body> body,
        Map<Integer, String> answers) {

    /// An answer that is text.
    static final String TEXT = "string";

    /// An answer of which nothing is said.
    static final String NOTHING = "";

    private static final int UNAUTHORIZED = 401;

    Operation {
        answers = new TreeMap<>(answers);
        answers.put(UNAUTHORIZED, NOTHING);
    }

    /// @param definition its name
    record Body(String definition, boolean isRequired) {}

    /// An operation that is not about objects.
    static Operation plain(String id, String description, String tag, List<String> types, String answer) {
        return new Operation(
                "get",
                id,
                description,
                tag,
                "",
                Optional.empty(),
                types,
                types,
                List.of(),
                Optional.empty(),
                answer.isEmpty() ? Map.of() : Map.of(200, answer));
    }

    Operation consuming(List<String> types) {
        return new Operation(method, id, description, tag, action, kind, types, produces, parameters, body, answers);
    }

    Operation with(List<Parameter> more) {
        var all = new ArrayList<>(parameters);
        all.addAll(more);
        return new Operation(method, id, description, tag, action, kind, consumes, produces, all, body, answers);
    }
}
