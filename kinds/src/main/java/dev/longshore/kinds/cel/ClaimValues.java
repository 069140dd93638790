package dev.longshore.kinds.cel;

import dev.cel.common.values.NullValue;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Turns a token's claims into what expressions work on. Numbers are all of them fractions, as whoever reads JSON
/// without a schema takes them; and what stands in a map is found under the name that can stand in an expression, too:
/// `claims.example__dot__org`.
final class ClaimValues {

    private ClaimValues() {}

    static Object of(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> node.asString();
            case BOOLEAN -> node.asBoolean();
            case NUMBER -> node.asDouble();
            case ARRAY -> {
                var list = new ArrayList<Object>(node.size());
                node.forEach(element -> list.add(of(element)));
                yield list;
            }
            case OBJECT -> {
                var fields = new LinkedHashMap<String, Object>();
                node.properties().forEach(entry -> fields.put(entry.getKey(), of(entry.getValue())));
                yield new Fields(fields);
            }
            default -> NullValue.NULL_VALUE;
        };
    }

    /// A map that answers to escaped names, too, and does not show them.
    private static final class Fields extends AbstractMap<String, Object> {
        private final Map<String, Object> fields;

        Fields(Map<String, Object> fields) {
            this.fields = fields;
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            return fields.entrySet();
        }

        @Override
        public boolean containsKey(Object key) {
            return fields.containsKey(plain(key));
        }

        @Override
        public Object get(Object key) {
            return fields.get(plain(key));
        }

        private static Object plain(Object key) {
            return key instanceof String name ? FieldName.unescaped(name) : key;
        }
    }
}
