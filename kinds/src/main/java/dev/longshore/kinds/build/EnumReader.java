package dev.longshore.kinds.build;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Adds to fields the values that they take, which the library does not tell.
final class EnumReader {

    private static final String PREFIX = "io.k8s.api.";

    private final Map<String, List<String>> values = new HashMap<>();

    /// @param rows of values and fields
    EnumReader(List<String[]> rows) {
        for (String[] row : rows) {
            var all = new ArrayList<String>();
            for (String value : row[0].split(" ")) {
                all.add(value.equals("\"\"") ? "" : value);
            }
            for (String field : row[1].split(" ")) {
                values.put(PREFIX + field, all);
            }
        }
    }

    void extend(ObjectNode schema, String definition) {
        schema.path("properties").properties().forEach(entry -> {
            List<String> some = values.remove(definition + "#" + entry.getKey());
            if (some != null) {
                some.forEach(((ObjectNode) entry.getValue()).putArray("enum")::add);
            }
        });
    }

    /// @throws IllegalStateException when a row names a field that there is not
    void requireAllUsed() {
        if (!values.isEmpty()) {
            throw new IllegalStateException("enum-facts.tsv names fields that do not exist: " + values.keySet());
        }
    }
}
