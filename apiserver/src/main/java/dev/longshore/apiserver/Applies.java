package dev.longshore.apiserver;

import dev.longshore.http.Request;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ManagedFields;
import dev.longshore.model.Resource;
import dev.longshore.model.Schema;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Server-side apply: a PATCH that says what one manager wants of an object.
final class Applies {

    private final Machine machine;

    Applies(Machine machine) {
        this.machine = machine;
    }

    static boolean isApply(Request request) {
        return Bodies.contentType(request).equals("application/apply-patch+yaml");
    }

    /// What the body wants.
    ///
    /// @throws FaultException with [Fault.BadRequest] or [Fault.Invalid]
    Apply read(Exchange exchange) throws IOException {
        Request request = exchange.request();
        if (request.query().first("fieldManager").orElse("").isEmpty()) {
            throw new FaultException(new Fault.Invalid(
                    new GroupVersionKind("meta.k8s.io", "v1", "PatchOptions"),
                    "",
                    List.of(Cause.required("fieldManager", "is required for apply patch"))));
        }
        Bodies.Body body = Bodies.parse(Bodies.bytes(request), true);
        Optional<Schema> schema = exchange.schema(machine);
        Resource wanted = exchange.decode(machine, body, exchange.definition().kind(), schema);
        if (wanted.find("metadata", "managedFields").isPresent()) {
            throw new FaultException(new Fault.BadRequest("metadata.managedFields must be nil"));
        }
        ResourceEndpoint.requireName(exchange, wanted);
        Creation.placeIn(exchange.definition(), exchange.namespace(), wanted);
        return new Apply(exchange, wanted, request.query().isSet("force"), schema.orElse(Schema.ANYTHING), machine);
    }

    /// What one manager wants.
    record Apply(Exchange exchange, Resource wanted, boolean force, Schema schema, Machine machine) {

        Resource update(Update.Mode mode) {
            ManagedFields.Manager manager = exchange.manager();
            return new Update(machine)
                    .update(
                            write(),
                            mode,
                            exchange.namespace(),
                            exchange.info().name(),
                            live -> machine.managedFields.applied(
                                    live, wanted, manager, force, schema, machine.time.now()));
        }

        Resource create() {
            Resource object = machine.managedFields.created(wanted, exchange.manager(), schema, machine.time.now());
            return new Creation(machine).create(write(), exchange.namespace(), object);
        }

        /// Ownership is settled here already.
        private Write write() {
            return new Write(
                    exchange.definition(), exchange.call(), exchange.info().subresource(), false, Optional.empty());
        }
    }
}
