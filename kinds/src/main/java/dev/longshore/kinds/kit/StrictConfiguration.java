package dev.longshore.kinds.kit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads objects of configuration files as Kubernetes does: of known versions only, and without a field that is not
/// known or is of another type.
///
/// @param kind what it is
/// @param versions its `apiVersion`s
/// @param fields by their paths, as `exemptions.usernames`; below lists of objects as `plugins.name`
public record StrictConfiguration(String kind, List<String> versions, Map<String, Type> fields) {

    public StrictConfiguration {
        versions = List.copyOf(versions);
        fields = Map.copyOf(fields);
    }

    /// What a field may be.
    public enum Type {
        TEXT(JsonNode::isString),
        TEXTS(node -> node.isArray() && node.valueStream().allMatch(JsonNode::isString)),
        NUMBER(JsonNode::isIntegralNumber),
        FLAG(JsonNode::isBoolean),
        OBJECT(JsonNode::isObject),
        OBJECTS(node -> node.isArray() && node.valueStream().allMatch(JsonNode::isObject)),
        /// What others read.
        ANYTHING(node -> true);

        private final Predicate<JsonNode> fits;

        Type(Predicate<JsonNode> fits) {
            this.fits = fits;
        }
    }

    /// `tree`, if it is of this form.
    ///
    /// @throws IllegalArgumentException if not, saying all that is wrong
    public ObjectNode checked(JsonNode tree) {
        String version = Trees.text(tree, "apiVersion");
        if (!(tree instanceof ObjectNode object)
                || !Trees.text(tree, "kind").equals(kind)
                || !versions.contains(version)) {
            throw new IllegalArgumentException(
                    "no kind \"%s\" is registered for version \"%s\": it must be kind %s of %s"
                            .formatted(Trees.text(tree, "kind"), version, kind, String.join(" or ", versions)));
        }
        var flaws = new ArrayList<String>();
        each(object, (name, value) -> {
            if (!name.equals("apiVersion") && !name.equals("kind")) {
                check(name, name, value, flaws);
            }
        });
        if (!flaws.isEmpty()) {
            throw new IllegalArgumentException("strict decoding error: " + String.join(", ", flaws));
        }
        return object;
    }

    /// @param path among [#fields()]
    /// @param shown the same with the numbers of elements
    private void check(String path, String shown, JsonNode value, List<String> flaws) {
        Type type = fields.get(path);
        if (type == null) {
            flaws.add("unknown field \"" + shown + '"');
        } else if (value.isNull()) {
            // As if it were not there.
        } else if (!type.fits.test(value)) {
            flaws.add("field \"" + shown + "\" is of another type");
        } else if (type == Type.OBJECT) {
            each(value, (name, below) -> check(path + '.' + name, shown + '.' + name, below, flaws));
        } else if (type == Type.OBJECTS) {
            for (int i = 0; i < value.size(); i++) {
                String element = shown + '[' + i + ']';
                each(value.get(i), (name, below) -> check(path + '.' + name, element + '.' + name, below, flaws));
            }
        }
    }

    private static void each(JsonNode object, BiConsumer<String, JsonNode> visitor) {
        object.properties().forEach(entry -> visitor.accept(entry.getKey(), entry.getValue()));
    }
}
