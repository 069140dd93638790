package dev.longshore.apiserver;

import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.OpenResources;
import tools.jackson.databind.node.ObjectNode;

/// Answers requests about resources whose names nobody knows beforehand.
final class OpenEndpoint {

    private final Machine machine;

    OpenEndpoint(Machine machine) {
        this.machine = machine;
    }

    Response answer(Request request, RequestInfo info, OpenResources resources) {
        if (!request.method().equals("GET") || info.verb().equals("watch")) {
            throw ResourceEndpoint.methodNotAllowed();
        }
        Representation representation = Representation.of(request, false);
        var place = new OpenResources.Place(
                info.namespace(),
                info.resource(),
                info.name(),
                info.subresource(),
                request.query().first("labelSelector").orElse(""),
                request.query().first("metricLabelSelector").orElse(""));
        ObjectNode found = resources.read(place, machine.registry);
        return Answers.tree(request, 200, found, representation);
    }
}
