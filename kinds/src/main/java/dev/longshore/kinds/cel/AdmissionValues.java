package dev.longshore.kinds.cel;

import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelVariableResolver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The values that expressions about one request see: made when the first asks for them, and kept. What variables are
/// composed of is evaluated when they are asked for, once, and charged to the budget. For one thread.
public final class AdmissionValues implements CelVariableResolver {

    private final AdmissionInput input;
    private final CostBudget budget;
    private final Map<String, Object> made = new HashMap<>();

    /// Values of `input`; variables are those of `composition`.
    public AdmissionValues(AdmissionInput input, AdmissionComposition composition, CostBudget budget) {
        this.input = input;
        this.budget = budget;
        made.put("variables", composition.values(this));
    }

    CostBudget budget() {
        return budget;
    }

    @Override
    public Optional<Object> find(String name) {
        Object known = made.get(name);
        if (known == null) {
            known = value(name);
            if (known == null) {
                return Optional.empty();
            }
            made.put(name, known);
        }
        return Optional.of(known);
    }

    /// Null if there is no such name.
    private Object value(String name) {
        return switch (name) {
            case "object" -> plain(input.object());
            case "oldObject" -> plain(input.old());
            case "params" -> plain(input.params());
            case "request" -> plain(input.request());
            case "namespaceObject" -> plain(input.namespace());
            case "authorizer" -> input.permissions().map(AdmissionValues::asker).orElse(null);
            case "authorizer.requestResource" ->
                input.permissions().map(AdmissionValues::check).orElse(null);
            default -> null;
        };
    }

    private static Object asker(AdmissionInput.Permissions permissions) {
        return new AuthorizerLibrary.Asker(permissions.user(), permissions.authorizer());
    }

    private static Object check(AdmissionInput.Permissions permissions) {
        var asked = permissions.asked();
        return new AuthorizerLibrary.ResourceCheck(
                new AuthorizerLibrary.GroupCheck(
                        new AuthorizerLibrary.Asker(permissions.user(), permissions.authorizer()), asked.group()),
                asked.resource(),
                asked.subresource(),
                asked.namespace(),
                asked.name(),
                "",
                "");
    }

    /// Trees without a schema: whole numbers are longs, and texts texts, whatever they spell.
    static Object plain(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                var map = new LinkedHashMap<String, Object>();
                node.properties().forEach(field -> map.put(field.getKey(), plain(field.getValue())));
                yield map;
            }
            case ARRAY -> {
                var list = new ArrayList<Object>(node.size());
                node.forEach(element -> list.add(plain(element)));
                yield list;
            }
            case STRING -> node.asString();
            case BOOLEAN -> node.asBoolean();
            case NUMBER -> node.isIntegralNumber() ? (Object) node.asLong() : (Object) node.asDouble();
            case NULL, MISSING, BINARY, POJO -> NullValue.NULL_VALUE;
        };
    }
}
