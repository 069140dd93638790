package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Table;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Objects as a client wants to see them: whole, as rows of a table, or only their metadata.
record Shape(GroupVersionKind kind, String listKind, Table table, Representation representation, Instant now) {

    Shape(ResourceDefinition definition, Representation representation, Instant now) {
        this(definition.kind(), definition.names().listKind(), definition.table(), representation, now);
    }

    /// Before `verb` changes anything: what it answers must fit what the client wants.
    ///
    /// @throws FaultException with [Fault.NotAcceptable]
    void requireFitsWrite(String verb) {
        switch (verb) {
            case "deletecollection" -> requireFitsList();
            case "create", "update", "patch", "delete" -> requireFitsOne();
            default -> {}
        }
    }

    /// One object.
    ///
    /// @throws FaultException with [Fault.NotAcceptable] if the client wants a list
    JsonNode one(Resource object) {
        requireFitsOne();
        return event(object, true);
    }

    /// One object of a watch; `isFirst` says whether a table needs its columns.
    JsonNode event(Resource object, boolean isFirst) {
        return switch (representation.form()) {
            case OBJECT -> object.tree();
            case METADATA, METADATA_LIST -> partial(object);
            case TABLE -> {
                ObjectNode table = table(isFirst);
                table.putObject("metadata").put("resourceVersion", object.resourceVersion());
                table.putArray("rows").add(row(object));
                yield table;
            }
        };
    }

    /// Many objects; `metadata` is that of the list.
    ///
    /// @throws FaultException with [Fault.NotAcceptable] if the client wants one
    ObjectNode list(List<Resource> objects, ObjectNode metadata) {
        requireFitsList();
        return switch (representation.form()) {
            case OBJECT -> {
                ObjectNode list = Json.object().put("kind", listKind).put("apiVersion", kind.apiVersion());
                ArrayNode items = list.set("metadata", metadata).putArray("items");
                objects.forEach(object -> items.add(object.tree()));
                yield list;
            }
            case METADATA, METADATA_LIST -> {
                ObjectNode list = meta("PartialObjectMetadataList");
                ArrayNode items = list.set("metadata", metadata).putArray("items");
                objects.forEach(object -> items.add(partial(object)));
                yield list;
            }
            case TABLE -> {
                ObjectNode list = table(true);
                ArrayNode rows = list.set("metadata", metadata).putArray("rows");
                table.ordered(objects).forEach(object -> rows.add(row(object)));
                yield list;
            }
        };
    }

    private void requireFitsOne() {
        if (representation.form() == Representation.Form.METADATA_LIST) {
            throw unfit("PartialObjectMetadataList, but the requested object is not a list (%s)", kind.kind());
        }
    }

    private void requireFitsList() {
        if (representation.form() == Representation.Form.METADATA) {
            throw unfit("PartialObjectMetadata, but the requested object is a list (%s)", listKind);
        }
    }

    private FaultException unfit(String why, String type) {
        String inPackage = kind.group().isEmpty() ? "core" : kind.group().split("\\.")[0];
        return new FaultException(
                new Fault.NotAcceptable("you requested " + why.formatted("*" + inPackage + "." + type)));
    }

    private ObjectNode table(boolean withColumns) {
        ObjectNode shown = meta("Table");
        if (!withColumns) {
            return shown.putNull("columnDefinitions");
        }
        ArrayNode columns = shown.putArray("columnDefinitions");
        for (Table.Column column : table.columns()) {
            columns.addObject()
                    .put("name", column.name())
                    .put("type", column.type())
                    .put("format", column.format())
                    .put("description", column.description())
                    .put("priority", column.priority());
        }
        return shown;
    }

    private ObjectNode row(Resource object) {
        ObjectNode row = Json.object();
        row.set("cells", Json.mapper().valueToTree(table.cells(object, now)));
        for (Table.Condition condition : table.conditions(object)) {
            row.withArray("conditions")
                    .addObject()
                    .put("type", condition.type())
                    .put("status", "True")
                    .put("reason", condition.reason())
                    .put("message", condition.message());
        }
        switch (representation.includeObject()) {
            case "None" -> row.putNull("object");
            case "Object" -> row.set("object", object.tree());
            default -> row.set("object", partial(object));
        }
        return row;
    }

    private ObjectNode partial(Resource object) {
        ObjectNode partial = meta("PartialObjectMetadata");
        partial.set("metadata", object.metadata());
        return partial;
    }

    private ObjectNode meta(String name) {
        return Json.object().put("kind", name).put("apiVersion", "meta.k8s.io/" + representation.metaVersion());
    }
}
