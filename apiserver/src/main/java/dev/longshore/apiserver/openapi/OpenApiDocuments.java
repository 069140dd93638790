package dev.longshore.apiserver.openapi;

import dev.longshore.base.Json;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Schemas;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Makes the documents that describe `definitions`. Every call makes one anew: a caller that wants to keep one
/// keeps its bytes.
public final class OpenApiDocuments {

    private final List<ResourceDefinition> definitions;
    private final Schemas schemas;
    private final String version;

    /// @param version of the server
    public OpenApiDocuments(List<ResourceDefinition> definitions, Schemas schemas, String version) {
        this.definitions = List.copyOf(definitions);
        this.schemas = schemas;
        this.version = version;
    }

    /// What documents of version 3 there are: `api`, `api/v1`, `apis/apps`, `version` …
    public Set<String> parts() {
        var parts = new LinkedHashSet<String>();
        GroupPaths.of(definitions).forEach(item -> parts.add(item.groupVersion()));
        return parts;
    }

    /// The document of version 2, which tells all.
    public ObjectNode whole() {
        return new Swagger(header(Json.object().put("swagger", "2.0")), paths(), definitions()).print();
    }

    /// The document of version 3 for one of [#parts].
    public ObjectNode part(String part) {
        List<PathItem> paths = paths().stream()
                .filter(item -> item.groupVersion().equals(part))
                .toList();
        return new PartDocument(header(Json.object().put("openapi", "3.0.0")), paths, definitions()).print();
    }

    private ObjectNode header(ObjectNode document) {
        document.putObject("info").put("title", "Kubernetes").put("version", version);
        return document;
    }

    private Definitions definitions() {
        return new Definitions(schemas, definitions);
    }

    private List<PathItem> paths() {
        var all = new ArrayList<>(GroupPaths.of(definitions));
        definitions.forEach(definition -> all.addAll(new ResourcePaths(definition).all()));
        return all;
    }
}
