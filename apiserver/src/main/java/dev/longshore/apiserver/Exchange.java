package dev.longshore.apiserver;

import dev.longshore.apiserver.audit.AuditTrail;
import dev.longshore.http.Request;
import dev.longshore.model.Call;
import dev.longshore.model.Cleaning;
import dev.longshore.model.DuplicateFields;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ManagedFields;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Schema;
import dev.longshore.model.StrictFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// One request about a resource, and what was found out about it.
record Exchange(
        Request request, RequestInfo info, ResourceDefinition definition, Call call, Representation representation) {

    Write write() {
        return new Write(definition, call, info.subresource(), false, Optional.of(manager()), WriteTerms.of(request));
    }

    /// To whom the fields that this request writes belong.
    ManagedFields.Manager manager() {
        return new ManagedFields.Manager(
                WriteOptions.manager(request), definition.kind().apiVersion(), info.subresource());
    }

    /// The namespace that objects live in: a Namespace itself lives in none.
    String namespace() {
        return definition.namespaced() ? info.namespace() : "";
    }

    /// True if the query asks for a dry run.
    static boolean isDryRun(Request request) {
        return request.query().all("dryRun").contains("All");
    }

    /// The object that `body` spells, as an object of `kind` that the schema knows.
    ///
    /// @throws FaultException with [Fault.BadRequest]
    Resource decode(Machine machine, Bodies.Body body, GroupVersionKind kind, Optional<Schema> schema) {
        if (body.isEmpty()) {
            throw Bodies.unrecognized(kind.kind(), Bodies.NOT_JSON + "unexpected end of JSON input", new byte[0]);
        }
        var object = new Resource(body.object());
        new BodyKind(machine.catalog()).settle(object.tree(), kind);
        clean(
                machine,
                object,
                kind,
                schema,
                body,
                found -> new Fault.BadRequest("%s in version \"%s\" cannot be handled as a %s: %s"
                        .formatted(kind.kind(), kind.version(), kind.kind(), found)));
        trail().ifPresent(trail -> trail.sent(object, copy -> machine.withDefaults(copy, kind)));
        return object;
    }

    /// Lets an audit tell of `part`, a patch or options that came with the request.
    void tell(JsonNode part) {
        trail().ifPresent(trail -> trail.sentPart(part));
    }

    private Optional<AuditTrail> trail() {
        return request.attribute(AuditTrail.class);
    }

    /// Checks and cleans an object in place; `refusal` makes the fault that strict validation answers with.
    void clean(
            Machine machine,
            Resource object,
            GroupVersionKind kind,
            Optional<Schema> schema,
            Bodies.Body body,
            Function<String, Fault> refusal) {
        Optional<Cleaning> own = cleaning(kind);
        List<String> unknown = cleaned(machine, object, kind, schema);
        var findings = new ArrayList<>(body.findings());
        if (own.isPresent()) {
            // Its text is read as if everything were known of it: what stands twice is told before what is unknown.
            body.text()
                    .ifPresent(text -> findings.addAll(StrictFields.sentences(List.of(), DuplicateFields.find(text))));
            findings.addAll(StrictFields.sentences(unknown, List.of()));
        } else if (schema.isPresent() && body.text().isPresent()) {
            findings.addAll(new StrictFields(machine.schemas).find(body.text().get(), schema.get()));
        } else {
            findings.addAll(StrictFields.sentences(unknown, List.of()));
        }
        FieldValidation.of(request).judge(findings, call.warnings(), refusal);
    }

    /// Makes of `object` one of `kind`: as the kind itself says, or else as its schema says.
    ///
    /// @return the paths of the fields that were unknown and dropped
    List<String> cleaned(Machine machine, Resource object, GroupVersionKind kind, Optional<Schema> schema) {
        return cleaning(kind)
                .map(own -> own.clean(object.tree()))
                .or(() -> schema.map(known -> machine.checker.clean(object.tree(), known)))
                .orElse(List.of());
    }

    /// The definition's own, if `kind` is the definition's.
    private Optional<Cleaning> cleaning(GroupVersionKind kind) {
        return kind.equals(definition.kind()) ? definition.strategy().cleaning() : Optional.empty();
    }

    /// The schema of the definition's own objects.
    Optional<Schema> schema(Machine machine) {
        return machine.schema(definition);
    }
}
