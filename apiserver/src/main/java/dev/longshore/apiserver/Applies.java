package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.http.Request;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GoText;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Reach;
import dev.longshore.model.Resource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Server-side apply: a PATCH that says what one manager wants of an object.
final class Applies {

    static final String TYPE = "application/apply-patch+yaml";

    private final Machine machine;

    Applies(Machine machine) {
        this.machine = machine;
    }

    static boolean isApply(Request request) {
        return Patches.type(request).equals(TYPE);
    }

    /// What the body wants.
    ///
    /// @param kind of what is applied
    /// @throws FaultException with [Fault.BadRequest]
    Apply read(Exchange exchange, GroupVersionKind kind) throws IOException {
        byte[] bytes = Bodies.bytes(exchange.request());
        Resource wanted = new Resource(tree(bytes));
        exchange.tell(wanted.tree());
        judge(exchange, bytes);
        if (!wanted.kind().equals(kind)) {
            throw bad("invalid object type: " + wanted.kind());
        }
        if (wanted.find("metadata", "managedFields").isPresent()) {
            throw bad("metadata.managedFields must be nil");
        }
        return new Apply(exchange, wanted, machine);
    }

    private static void judge(Exchange exchange, byte[] bytes) {
        List<String> findings = FieldValidation.ofYaml(new String(bytes, StandardCharsets.UTF_8));
        FieldValidation.of(exchange.request())
                .judge(
                        findings,
                        exchange.call().warnings(),
                        found -> new Fault.BadRequest(
                                "error strict decoding YAML: error converting YAML to JSON: " + findings.getFirst()));
    }

    private static ObjectNode tree(byte[] bytes) {
        JsonNode tree;
        try {
            tree = Yaml.parseAsGo(new String(bytes, StandardCharsets.UTF_8));
        } catch (Json.MalformedException notYaml) {
            throw bad("error decoding YAML: error converting YAML to JSON: " + notYaml.getMessage());
        }
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw bad("error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
                + GoText.jsonTypeOf(tree) + " into Go value of type map[string]interface {}");
    }

    private static FaultException bad(String why) {
        return new FaultException(new Fault.BadRequest(why));
    }

    /// What one manager wants.
    record Apply(Exchange exchange, Resource wanted, Machine machine) {

        Resource update(Update.Mode mode) {
            return new Update(machine)
                    .update(
                            write(),
                            mode,
                            exchange.namespace(),
                            exchange.info().name(),
                            live -> applied(live, mode.reach()));
        }

        Resource create() {
            Resource nothing = Owners.nothing(exchange.definition().kind());
            Resource object = applied(nothing, exchange.definition().strategy().reach());
            if (!object.uid().isEmpty()) {
                throw exchange.write()
                        .conflict(
                                exchange.info().name(),
                                "uid mismatch: the provided object specified uid %s, and no existing object was found"
                                        .formatted(object.uid()));
            }
            // Whoever applies with one means: only if there is no other. What is not there has none.
            object.metadata().remove("resourceVersion");
            return new Creation(machine).create(write(), exchange.namespace(), object);
        }

        boolean force() {
            return exchange.request().query().isSet("force");
        }

        private Resource applied(Resource live, Reach reach) {
            Resource object =
                    machine.owners.applied(exchange.definition(), reach, live, wanted, exchange.manager(), force());
            Resource own = object.copy();
            exchange.cleaned(machine, own, exchange.definition().kind(), exchange.schema(machine));
            ResourceEndpoint.requireName(exchange, own);
            Creation.placeIn(exchange.definition(), exchange.namespace(), own);
            return own;
        }

        /// Ownership is settled here already.
        private Write write() {
            return exchange.write().byNobody();
        }
    }
}
