package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.Interest;
import dev.longshore.http.Request;
import dev.longshore.model.FieldPath;
import dev.longshore.model.FieldSelector;
import dev.longshore.model.LabelSelector;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.Optional;

/// Which objects a client wants to see.
record Selection(ResourceDefinition definition, LabelSelector labels, FieldSelector fields) {

    static Selection of(ResourceDefinition definition, Request request) {
        return of(
                definition,
                request.query().first("labelSelector").orElse(""),
                request.query().first("fieldSelector").orElse(""));
    }

    static Selection of(ResourceDefinition definition, String labels, String fields) {
        LabelSelector byLabel = LabelSelector.parse(labels);
        FieldSelector byField = FieldSelector.parse(fields);
        byField.check(definition);
        return new Selection(definition, byLabel, byField);
    }

    /// The same, of one object only.
    Selection named(String name) {
        return new Selection(definition, labels, fields.with("metadata.name", name));
    }

    boolean isEverything() {
        return labels.isEverything() && fields.isEverything();
    }

    boolean fits(Traits traits) {
        return (fields.isEverything() || fields.fits(traits::field))
                && (labels.isEverything() || labels.fits(traits.labels()));
    }

    boolean fits(Resource object) {
        return fits(new Traits.OfResource(definition, object));
    }

    /// The indexed field whose value is given, if there is one: then only objects with that value need be looked
    /// at.
    Optional<Interest.Field> indexed() {
        for (FieldPath field : definition.storage().indexes()) {
            Optional<String> value = fields.only(field.name());
            if (value.isPresent()) {
                return Optional.of(new Interest.Field(field, value.get()));
            }
        }
        return Optional.empty();
    }

    /// The narrowest interest that covers what is selected in `namespace` (empty for all).
    Interest interest(String namespace) {
        Optional<String> name = fields.onlyName();
        boolean isPlaced = !definition.namespaced() || !namespace.isEmpty();
        if (name.isPresent() && isPlaced) {
            return new Interest.Single(Versions.keys(definition).object(namespace, name.get()));
        }
        Optional<Interest.Field> field = indexed();
        if (field.isPresent()) {
            return field.get();
        }
        return namespace.isEmpty() ? new Interest.Everything() : new Interest.Namespace(namespace);
    }
}
