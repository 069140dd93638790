package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Table;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Objects as a client wants to see them: whole, as rows of a table, or only their metadata.
record Shape(ResourceDefinition definition, Representation representation, Instant now) {

    private static final String META = "meta.k8s.io/v1";

    /// One object; `isFirst` says whether a table needs its columns.
    JsonNode one(Resource object, boolean isFirst) {
        return switch (representation.form()) {
            case OBJECT -> object.tree();
            case METADATA -> partial(object);
            case TABLE -> {
                ObjectNode table = table(isFirst);
                table.putObject("metadata").put("resourceVersion", object.resourceVersion());
                table.putArray("rows").add(row(object));
                yield table;
            }
        };
    }

    /// Many objects; `metadata` is that of the list.
    ObjectNode list(List<Resource> objects, ObjectNode metadata) {
        ObjectNode list = Json.object();
        String rows = "items";
        switch (representation.form()) {
            case OBJECT ->
                list.put("kind", definition.names().listKind())
                        .put("apiVersion", definition.kind().apiVersion());
            case METADATA -> list.put("kind", "PartialObjectMetadataList").put("apiVersion", META);
            case TABLE -> {
                list = table(true);
                rows = "rows";
            }
        }
        list.set("metadata", metadata);
        ArrayNode items = list.putArray(rows);
        for (Resource object : objects) {
            items.add(
                    switch (representation.form()) {
                        case OBJECT -> object.tree();
                        case METADATA -> partial(object);
                        case TABLE -> row(object);
                    });
        }
        return list;
    }

    private ObjectNode table(boolean withColumns) {
        ObjectNode table = Json.object();
        table.put("kind", "Table").put("apiVersion", META);
        ArrayNode columns = table.putArray("columnDefinitions");
        if (withColumns) {
            for (Table.Column column : definition.table().columns()) {
                columns.addObject()
                        .put("name", column.name())
                        .put("type", column.type())
                        .put("format", column.format())
                        .put("description", column.description())
                        .put("priority", column.priority());
            }
        }
        return table;
    }

    private ObjectNode row(Resource object) {
        ObjectNode row = Json.object();
        row.set("cells", Json.mapper().valueToTree(definition.table().cells(object, now)));
        switch (representation.includeObject()) {
            case "None" -> {}
            case "Object" -> row.set("object", object.tree());
            default -> row.set("object", partial(object));
        }
        return row;
    }

    private static ObjectNode partial(Resource object) {
        ObjectNode partial = Json.object();
        partial.put("kind", "PartialObjectMetadata").put("apiVersion", META);
        partial.set("metadata", object.metadata());
        return partial;
    }
}
