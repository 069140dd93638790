package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.http.Query;
import dev.longshore.http.Response;
import dev.longshore.model.Call;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Schema;
import dev.longshore.model.Status;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers DELETE, of one object and of many.
final class DeletionEndpoint {

    private static final List<String> GROUPLESS = List.of("v1", "meta.k8s.io/v1");

    private static final String SCHEMA = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";

    private final Machine machine;

    DeletionEndpoint(Machine machine) {
        this.machine = machine;
    }

    /// Deletes one: answers with the object where something still keeps it, else with a Status.
    Response one(Exchange exchange) throws IOException {
        ObjectNode said = said(exchange);
        DeleteOptions options = DeleteOptions.of(said);
        ResourceDefinition definition = exchange.definition();
        boolean saysPropagation = options.propagation().isPresent();
        exchange.call().warnings().addAll(definition.strategy().deletionWarnings(saysPropagation));
        var outcome = new Deletion(machine)
                .delete(
                        write(exchange, options, WriteTerms.of(said, false)),
                        exchange.namespace(),
                        exchange.info().name(),
                        options);
        Resource object = outcome.object();
        int status = !outcome.isGone() && options.cascades() ? 202 : 200;
        boolean showsObject = !outcome.isGone()
                || object.isTerminating()
                || exchange.definition().strategy().showsDeleted();
        JsonNode answer = showsObject
                ? shape(exchange).one(object)
                : Status.deleted(definition.resource(), object.name(), object.uid());
        return Answers.tree(exchange.request(), status, answer, exchange.representation());
    }

    /// Deletes what the selectors take, or as many as the limit says; answers with the list as it was before.
    Response all(Exchange exchange) throws IOException, InterruptedException {
        ObjectNode said = said(exchange);
        DeleteOptions options = DeleteOptions.of(said);
        ResourceDefinition definition = exchange.definition();
        Selection selection = Selection.of(definition, exchange.request());
        var found = new Lists(machine).find(exchange, selection);
        Write write = write(exchange, options, WriteTerms.of(said, true));
        List<Resource> objects = Versions.served(definition, found.objects());
        objects.forEach(object -> deleteOne(write, object, options));
        ObjectNode metadata = Json.object().put("resourceVersion", Long.toString(found.revision()));
        found.next().ifPresent(next -> metadata.put("continue", next.token()));
        found.remaining().ifPresent(count -> metadata.put("remainingItemCount", count));
        return Answers.tree(
                exchange.request(), 200, shape(exchange).list(objects, metadata), exchange.representation());
    }

    /// Somebody else may delete it meanwhile.
    private void deleteOne(Write write, Resource object, DeleteOptions options) {
        try {
            new Deletion(machine).delete(write, object.namespace(), object.name(), options);
        } catch (FaultException gone) {
            if (!(gone.fault() instanceof Fault.NotFound)) {
                throw gone;
            }
        }
    }

    private Shape shape(Exchange exchange) {
        return new Shape(exchange.definition(), exchange.representation(), machine.time.now());
    }

    private static Write write(Exchange exchange, DeleteOptions options, WriteTerms terms) {
        Call call = exchange.call().dryRun(options.dryRun());
        return new Write(exchange.definition(), call, "", false, Optional.empty(), terms);
    }

    /// From the body, or else from the query: never from both.
    private ObjectNode said(Exchange exchange) throws IOException {
        Bodies.Body body = machine.bodies.read(exchange.request(), DeleteOptions.KIND.kind());
        ObjectNode said = body.isEmpty() ? fromQuery(exchange.request().query()) : checked(exchange, body);
        return WriteTerms.start("DeleteOptions").setAll(said.without(List.of("kind", "apiVersion")));
    }

    /// Clients may send `DeleteOptions` of the resource's own group, of the core's or of `meta.k8s.io`.
    private ObjectNode checked(Exchange exchange, Bodies.Body body) {
        ObjectNode options = body.object();
        String kind = options.path("kind").asString("");
        String apiVersion = options.path("apiVersion").asString("");
        boolean isOptions = kind.isEmpty() || kind.equals("DeleteOptions");
        boolean isKnown = apiVersion.isEmpty()
                || GROUPLESS.contains(apiVersion)
                || apiVersion.equals(exchange.definition().kind().apiVersion());
        if (!isOptions || !isKnown) {
            throw new FaultException(
                    new Fault.BadRequest("no kind \"%s\" is registered for version \"%s\" in scheme \"%s\""
                            .formatted(kind, apiVersion, "k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme")));
        }
        machine.schemas.find(SCHEMA).ifPresent(known -> machine.checker.clean(options, Schema.reference(SCHEMA)));
        exchange.tell(told(options));
        return options;
    }

    private static ObjectNode told(ObjectNode options) {
        ObjectNode told = Json.object().put("kind", "DeleteOptions");
        told.put("apiVersion", options.path("apiVersion").asString("v1"));
        return told.setAll(options);
    }

    private static ObjectNode fromQuery(Query query) {
        ObjectNode options = Json.object();
        query.first("gracePeriodSeconds").ifPresent(text -> options.put("gracePeriodSeconds", seconds(text)));
        query.first("propagationPolicy").ifPresent(policy -> options.put("propagationPolicy", policy));
        query.first("orphanDependents")
                .ifPresent(text -> options.put("orphanDependents", query.isSet("orphanDependents")));
        List<String> dryRun = query.all("dryRun");
        if (!dryRun.isEmpty()) {
            ArrayNode list = options.putArray("dryRun");
            dryRun.forEach(list::add);
        }
        return options;
    }

    private static long seconds(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException unreadable) {
            throw new FaultException(
                    new Fault.BadRequest("strconv.ParseInt: parsing \"" + text + "\": invalid syntax"), unreadable);
        }
    }
}
