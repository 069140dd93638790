package dev.longshore.apiserver;

import dev.longshore.model.Admission.Operation;
import dev.longshore.model.AdmissionRounds;
import dev.longshore.model.AdmissionSetting;
import dev.longshore.model.ApplyMerge;
import dev.longshore.model.Cleaning;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.GroupVersionResource;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Schema;
import dev.longshore.model.Subresource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// What the rules of admission can ask about a write: see [AdmissionSetting].
final class Surroundings implements AdmissionSetting {

    private final Machine machine;
    private final Write write;
    private final Operation operation;
    private final List<Ending> endings;
    private AdmissionRounds rounds;
    private boolean hasUnknown;

    /// @param endings where rules put what they do at the end
    Surroundings(Machine machine, Write write, Operation operation, List<Ending> endings) {
        this.endings = endings;
        this.machine = machine;
        this.write = write;
        this.operation = operation;
    }

    @Override
    public String version() {
        return write.definition().kind().version();
    }

    @Override
    public Optional<ObjectNode> options() {
        return write.terms().options().apply(operation);
    }

    @Override
    public List<View> equivalents() {
        ResourceDefinition own = write.definition();
        if (own.virtual().isPresent()) {
            return List.of();
        }
        return machine.catalog().all().stream()
                .filter(other -> other.virtual().isEmpty()
                        && !other.kind().equals(own.kind())
                        && other.storage().prefix().equals(own.storage().prefix()))
                .flatMap(this::view)
                .toList();
    }

    private Stream<View> view(ResourceDefinition other) {
        GroupVersionKind kind = other.kind();
        var resource = new GroupVersionResource(
                kind.group(), kind.version(), other.names().plural());
        return write.subresource().isEmpty()
                ? Stream.of(new View(resource, kind))
                : other.subresource(write.subresource()).map(sub -> new View(resource, sub.kind())).stream();
    }

    @Override
    public Resource as(Resource object, GroupVersionKind kind) {
        if (object.kind().equals(kind)) {
            return object;
        }
        return Versions.converted(definition(object.kind()), definition(kind), object);
    }

    private ResourceDefinition definition(GroupVersionKind kind) {
        ResourceDefinition own = write.definition();
        return own.kind().equals(kind)
                ? own
                : machine.catalog()
                        .find(kind)
                        .orElseThrow(() -> new FaultException(new Fault.Internal(
                                "Internal error occurred: no kind \"%s\" is registered for version \"%s\""
                                        .formatted(kind.kind(), kind.apiVersion()))));
    }

    @Override
    public List<String> settle(Resource object, GroupVersionKind kind) {
        if (isBelow(kind)) {
            List<String> unknown = known(object, schemaBelow());
            machine.catalog().find(kind).ifPresent(own -> own.strategy().applyDefaults(object));
            return unknown;
        }
        ResourceDefinition definition = definition(kind);
        Optional<Cleaning> cleaning = definition.strategy().cleaning();
        List<String> unknown = List.of();
        if (cleaning.isPresent()) {
            tidy(object, cleaning.get());
        } else {
            unknown = known(object, machine.schema(definition));
        }
        definition.strategy().applyDefaults(object);
        return unknown;
    }

    private List<String> known(Resource object, Optional<Schema> schema) {
        return schema.map(known -> machine.checker.clean(object.tree(), known)).orElse(List.of());
    }

    /// What a custom kind does not know is seen by all rules that follow. Its metadata have their form from now
    /// on.
    private void tidy(Resource object, Cleaning cleaning) {
        ObjectNode whole = object.tree().deepCopy();
        if (cleaning.clean(object.tree()).isEmpty()) {
            return;
        }
        hasUnknown = true;
        whole.set("metadata", object.tree().path("metadata"));
        object.tree().removeAll();
        object.tree().setAll(whole);
    }

    /// True if a rule has added what the kind does not know, which must go before the object is stored.
    boolean hasUnknown() {
        return hasUnknown;
    }

    @Override
    public ObjectNode merge(Resource object, ObjectNode applied) throws ApplyMerge.Refused {
        GroupVersionKind kind = object.kind();
        Schema schema = (isBelow(kind)
                        ? schemaBelow()
                        : machine.catalog().find(kind).flatMap(machine::schema))
                .orElseThrow(() -> AdmissionSetting.unknown(kind));
        return machine.merges.merge(object.tree(), applied, schema);
    }

    /// True if it is the kind of a subresource that is not the object itself.
    private boolean isBelow(GroupVersionKind kind) {
        return !write.subresource().isEmpty()
                && kind.equals(write.kind())
                && !kind.equals(write.definition().kind());
    }

    private Optional<Schema> schemaBelow() {
        return write.definition()
                .subresource(write.subresource())
                .flatMap(Subresource::schema)
                .filter(name -> machine.schemas.find(name).isPresent())
                .map(Schema::reference);
    }

    @Override
    public boolean atEnd(Ending ending) {
        return endings.add(ending);
    }

    @Override
    public AdmissionRounds rounds() {
        if (rounds == null) {
            rounds = new AdmissionRounds();
        }
        return rounds;
    }

    /// True if another round of changes shall follow, which begins then.
    boolean beginSecondRound() {
        return rounds != null && rounds.beginSecond();
    }
}
