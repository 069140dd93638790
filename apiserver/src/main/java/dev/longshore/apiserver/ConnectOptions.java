package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.http.Query;
import dev.longshore.model.Resource;
import dev.longshore.model.Subresource;
import dev.longshore.model.Subresource.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// What a client wants of a conversation, as the object that the rules of admission see (`PodExecOptions` …).
record ConnectOptions(Subresource.Action action) {

    private static final String PATH = "path";

    /// @param remainder the path below a proxy; empty for none
    Resource read(Query query, String remainder) {
        var options = new Resource(Json.object()
                .put("kind", action.kind().kind())
                .put("apiVersion", action.kind().apiVersion()));
        for (Parameter parameter : action.parameters()) {
            read(options, parameter, query);
        }
        if (action.answer() == Subresource.Answer.PROXY && !remainder.isEmpty()) {
            options.tree().put(PATH, remainder.startsWith("/") ? remainder : "/" + remainder);
        }
        return options;
    }

    private static void read(Resource options, Parameter parameter, Query query) {
        String name = parameter.name();
        List<String> values = query.all(name);
        if (values.isEmpty()) {
            return;
        }
        if (parameter.isList()) {
            ArrayNode list = options.tree().putArray(name);
            values.forEach(value -> list.add(value(parameter, value)));
        } else if (parameter.type().equals("boolean")) {
            if (query.isSet(name)) {
                options.tree().put(name, true);
            }
        } else if (!values.getFirst().isEmpty()) {
            options.tree().set(name, value(parameter, values.getFirst()));
        }
    }

    private static JsonNode value(Parameter parameter, String text) {
        if (parameter.type().equals("integer")) {
            try {
                return Json.object().numberNode(Long.parseLong(text));
            } catch (NumberFormatException noNumber) {
                // Whoever acts on it will say so.
                return Json.object().stringNode(text);
            }
        }
        return Json.object().stringNode(text);
    }

    /// The query's parameters with what `options`, which has been changed, says.
    Map<String, List<String>> parameters(Query query, Resource options) {
        var parameters = new LinkedHashMap<>(query.parameters());
        for (Parameter parameter : action.parameters()) {
            JsonNode value = options.tree().path(parameter.name());
            if (value.isMissingNode() || value.isNull()) {
                parameters.remove(parameter.name());
            } else if (value.isArray()) {
                parameters.put(
                        parameter.name(),
                        value.valueStream().map(each -> each.asString("")).toList());
            } else {
                parameters.put(parameter.name(), List.of(value.asString("")));
            }
        }
        return parameters;
    }
}
