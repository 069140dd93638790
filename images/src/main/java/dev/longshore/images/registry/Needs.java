package dev.longshore.images.registry;

import dev.longshore.base.Json;
import dev.longshore.http.Request;
import dev.longshore.images.registry.access.Action;
import dev.longshore.images.registry.access.Need;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What requests have to be allowed.
final class Needs {

    private Needs() {}

    static List<Need> of(Request request, RegistryRoute route) {
        return switch (route) {
            case RegistryRoute.Base() -> List.of();
            case RegistryRoute.Catalog() -> List.of(Need.CATALOG);
            case RegistryRoute.InRepository within -> within(request, within);
        };
    }

    private static List<Need> within(Request request, RegistryRoute.InRepository route) {
        String name = route.name().repository().familiarRepository();
        var needs = new ArrayList<Need>();
        boolean isUpload = route instanceof RegistryRoute.Uploads || route instanceof RegistryRoute.Upload;
        switch (request.method()) {
            case "GET", "HEAD" -> needs.add(Need.of(name, isUpload ? Action.PUSH : Action.PULL));
            case "DELETE" -> needs.add(Need.of(name, isUpload ? Action.PUSH : Action.DELETE));
            default -> {
                needs.add(Need.of(name, Action.PULL));
                needs.add(Need.of(name, Action.PUSH));
            }
        }
        return needs;
    }

    /// What mounting a blob needs besides, if `request` names where it is.
    static Optional<Need> mountSource(Request request, RegistryRoute route) {
        boolean isMount = route instanceof RegistryRoute.Uploads
                && request.query().first("mount").isPresent();
        return isMount
                ? request.query()
                        .first("from")
                        .filter(from -> !from.isEmpty())
                        .map(from ->
                                Need.of(RegistryRoute.Name.of(from).repository().familiarRepository(), Action.PULL))
                : Optional.empty();
    }

    /// As other registries tell it.
    static JsonNode json(List<Need> needs) {
        var array = Json.array();
        for (Need need : needs) {
            array.addObject()
                    .put("Type", need.type())
                    .put("Class", "")
                    .put("Name", need.name())
                    .put("Action", need.action());
        }
        return array;
    }
}
