package dev.longshore.kinds.custom;

import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.Cleaning;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.Reach;
import dev.longshore.model.Resource;
import dev.longshore.model.Strategy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// The rules for writing one version of a custom kind.
///
/// @param schema its structural schema
/// @param rules its `x-kubernetes-validations`
/// @param hasStatus whether the status is written apart
/// @param scale where its number of replicas is, if it can be scaled
/// @param isTerminating whether its definition is being deleted: nothing new comes then
record CustomStrategy(
        GroupResource resource,
        CustomShape shape,
        Structural schema,
        Optional<Rules> rules,
        boolean hasStatus,
        Optional<CustomScale> scale,
        boolean isTerminating)
        implements Strategy {

    private static final Set<String> BLOCKING = Set.of(
            "FieldValueNotSupported",
            "FieldValueRequired",
            "FieldValueTooLong",
            "FieldValueTooMany",
            "FieldValueTypeInvalid");
    private static final Set<String> STANDARD_FINALIZERS = Set.of("orphan", "foregroundDeletion", "kubernetes");

    @Override
    public Optional<Cleaning> cleaning() {
        return Optional.of(shape);
    }

    @Override
    public void applyDefaults(Resource object) {
        shape.fill(object.tree());
    }

    @Override
    public void prepareForCreate(Call call, Resource object) {
        if (isTerminating) {
            throw new FaultException(new Fault.Forbidden(
                    resource, object.name(), "create not allowed while custom resource definition is terminating"));
        }
        if (hasStatus) {
            object.tree().remove("status");
        }
    }

    @Override
    public void prepareForUpdate(Call call, Resource object, Resource old) {
        if (hasStatus) {
            Strategy.super.prepareForUpdate(call, object, old);
        }
    }

    /// All but the status is put back, metadata too: only who owns what is written anew.
    @Override
    public void prepareForStatusUpdate(Call call, Resource object, Resource old) {
        Optional<JsonNode> status = Optional.ofNullable(object.tree().get("status"));
        Optional<JsonNode> owners =
                Optional.ofNullable(object.metadata().get("managedFields")).map(JsonNode::deepCopy);
        Resource before = old.copy();
        object.tree().removeAll();
        object.tree().setAll(before.tree());
        owners.ifPresentOrElse(
                entries -> object.metadata().set("managedFields", entries),
                () -> object.metadata().remove("managedFields"));
        status.ifPresentOrElse(
                value -> object.tree().set("status", value), () -> object.tree().remove("status"));
    }

    /// A new object is the first generation, whatever is in it.
    @Override
    public boolean isNewGeneration(Resource object, Resource old) {
        return old.uid().isEmpty() || !counted(object).equals(counted(old));
    }

    private Map<String, JsonNode> counted(Resource object) {
        var fields = new HashMap<String, JsonNode>();
        object.tree().properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        fields.keySet().removeAll(List.of("apiVersion", "kind", "metadata"));
        if (hasStatus) {
            fields.remove("status");
        }
        return fields;
    }

    @Override
    public boolean allowsUnconditionalUpdate() {
        return false;
    }

    @Override
    public Reach reach() {
        return hasStatus ? Reach.allBut("status") : Reach.ALL;
    }

    @Override
    public Reach statusReach() {
        return Reach.allBut("metadata", "spec");
    }

    @Override
    public List<Cause> validate(Call call, Resource object) {
        var causes = new ArrayList<>(SchemaValues.check("", object.tree(), schema.schema()));
        scale.ifPresent(rules -> rules.check(object, causes));
        causes.addAll(Embedded.check(object.tree(), schema));
        causes.addAll(ListKeys.check(object.tree(), schema));
        return withRules(causes, object, MissingNode.getInstance());
    }

    @Override
    public List<Cause> validateUpdate(Call call, Resource object, Resource old) {
        var causes = new ArrayList<>(SchemaValues.checkChange("", object.tree(), old.tree(), schema));
        scale.ifPresent(rules -> rules.check(object, causes));
        causes.addAll(Embedded.check(object.tree(), schema));
        twice(object, old, causes);
        return withRules(causes, object, old.tree());
    }

    @Override
    public List<Cause> validateStatusUpdate(Call call, Resource object, Resource old) {
        var causes = new ArrayList<Cause>();
        Optional<Structural> ofStatus = Optional.ofNullable(schema.properties().get("status"));
        Optional<JsonNode> status = Optional.ofNullable(object.tree().get("status"));
        if (ofStatus.isPresent() && status.isPresent()) {
            causes.addAll(
                    SchemaValues.checkChange("status", status.get(), old.tree().path("status"), ofStatus.get()));
        }
        scale.ifPresent(rules -> rules.checkStatus(object, causes));
        twice(object, old, causes);
        return withRules(causes, object, old.tree());
    }

    /// What was there twice before may be there twice still.
    private void twice(Resource object, Resource old, List<Cause> causes) {
        List<Cause> found = ListKeys.check(object.tree(), schema);
        if (!found.isEmpty() && ListKeys.check(old.tree(), schema).isEmpty()) {
            causes.addAll(found);
        }
    }

    /// Rules are judged only where values are of the types that rules expect.
    private List<Cause> withRules(List<Cause> causes, Resource object, JsonNode old) {
        if (rules.isEmpty()) {
            return causes;
        }
        if (causes.stream().map(Cause::type).anyMatch(BLOCKING::contains)) {
            causes.add(new Cause(
                    "FieldValueInvalid",
                    "<nil>",
                    "Invalid value: null: some validation rules were not checked because the object was invalid;"
                            + " correct the existing errors to complete validation"));
        } else {
            causes.addAll(Rules.check(rules.get(), object.tree(), old));
        }
        return causes;
    }

    @Override
    public List<String> warnings(Resource object) {
        return finalizerWarnings(MetadataRules.finalizers(object));
    }

    @Override
    public List<String> changeWarnings(Resource object, Resource old) {
        var added = new ArrayList<>(MetadataRules.finalizers(object));
        added.removeAll(MetadataRules.finalizers(old));
        return finalizerWarnings(added);
    }

    private static List<String> finalizerWarnings(List<String> finalizers) {
        var warnings = new ArrayList<String>();
        for (String name : finalizers.stream().sorted().toList()) {
            String start = "metadata.finalizers: " + Cause.quote(name) + ": ";
            MetadataRules.qualifiedName(name).forEach(fault -> warnings.add(start + fault));
            if (!name.contains("/") && !STANDARD_FINALIZERS.contains(name)) {
                warnings.add(start + "prefer a domain-qualified finalizer name "
                        + (name.contains(".") ? "including a path (/) " : "")
                        + "to avoid accidental conflicts with other finalizer writers");
            }
        }
        return warnings;
    }
}
