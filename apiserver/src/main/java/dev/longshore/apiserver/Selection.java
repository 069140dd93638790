package dev.longshore.apiserver;

import dev.longshore.http.Request;
import dev.longshore.model.FieldSelector;
import dev.longshore.model.LabelSelector;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;

/// Which objects a client wants to see.
record Selection(ResourceDefinition definition, LabelSelector labels, FieldSelector fields) {

    static Selection of(ResourceDefinition definition, Request request) {
        return of(
                definition,
                request.query().first("labelSelector").orElse(""),
                request.query().first("fieldSelector").orElse(""));
    }

    static Selection of(ResourceDefinition definition, String labels, String fields) {
        FieldSelector byField = FieldSelector.parse(fields);
        byField.check(definition);
        return new Selection(definition, LabelSelector.parse(labels), byField);
    }

    boolean isEverything() {
        return labels.isEverything() && fields.isEverything();
    }

    boolean fits(Resource object) {
        return fields.fits(object, definition.fields()) && (labels.isEverything() || labels.fits(object.labels()));
    }
}
