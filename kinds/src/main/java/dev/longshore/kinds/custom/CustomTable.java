package dev.longshore.kinds.custom;

import dev.longshore.base.GoJson;
import dev.longshore.kinds.kit.Ages;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import dev.longshore.model.Table;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The columns of a custom kind: its name, and what its definition says, or its age.
final class CustomTable implements Table {

    private final List<Column> columns;
    private final List<JsonPath> paths;

    private CustomTable(List<Column> columns, List<JsonPath> paths) {
        this.columns = List.copyOf(columns);
        this.paths = List.copyOf(paths);
    }

    /// The table of a version that names `additionalPrinterColumns`, or none. From a column on whose path cannot be
    /// read, as Kubernetes has it, none is shown.
    static CustomTable of(JsonNode version) {
        var columns = new ArrayList<Column>();
        var paths = new ArrayList<JsonPath>();
        columns.add(new Column("Name", "string", "name", "The object's name.", 0));
        List<ObjectNode> wanted = Trees.list(version, "additionalPrinterColumns");
        if (wanted.isEmpty()) {
            columns.add(new Column("Age", "date", "", "When the object was made.", 0));
            paths.add(new JsonPath(List.of(new JsonPath.Field("metadata"), new JsonPath.Field("creationTimestamp"))));
        }
        for (ObjectNode column : wanted) {
            String path = Trees.text(column, "jsonPath");
            try {
                paths.add(JsonPath.parse(path));
            } catch (JsonPath.Malformed unreadable) {
                break;
            }
            String description = Trees.text(column, "description");
            columns.add(new Column(
                    Trees.text(column, "name"),
                    Trees.text(column, "type"),
                    Trees.text(column, "format"),
                    description.isEmpty()
                            ? "Custom resource definition column (in JSONPath format): " + path
                            : description,
                    (int) Trees.number(column, 0, "priority")));
        }
        return new CustomTable(columns, paths);
    }

    @Override
    public List<Column> columns() {
        return columns;
    }

    @Override
    public List<Object> cells(Resource object, Instant now) {
        var cells = new ArrayList<Object>();
        cells.add(object.name());
        for (int i = 0; i < paths.size(); i++) {
            Optional<JsonNode> found = paths.get(i).first(object.tree());
            String type = columns.get(i + 1).type();
            cells.add(found.flatMap(value -> cell(type, value, now)).orElse(null));
        }
        return Collections.unmodifiableList(cells);
    }

    /// Empty for what is not of the column's type.
    private static Optional<Object> cell(String type, JsonNode value, Instant now) {
        return switch (type) {
            case "string" -> Optional.of(text(value));
            case "integer" -> value.isNumber() ? Optional.of(value.asLong()) : Optional.empty();
            case "number" -> value.isNumber() ? Optional.of(value.asDouble()) : Optional.empty();
            case "boolean" -> value.isBoolean() ? Optional.of(value.asBoolean()) : Optional.empty();
            case "date" -> value.isString() ? Optional.of(age(value.asString(), now)) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static String text(JsonNode value) {
        if (value.isString()) {
            return value.asString();
        }
        return value.isNull() ? "<nil>" : new String(GoJson.bytes(value), StandardCharsets.UTF_8);
    }

    private static String age(String stamp, Instant now) {
        String age = Ages.since(stamp, now);
        return age.equals("<unknown>") && !stamp.isEmpty() ? "<invalid>" : age;
    }
}
