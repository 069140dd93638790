package dev.longshore.apiserver.audit;

import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.Resource;

/// What a request is about; what is not known is empty.
record ObjectReference(
        String resource,
        String namespace,
        String name,
        String uid,
        String group,
        String version,
        String resourceVersion,
        String subresource) {

    static ObjectReference of(Attributes asked) {
        return new ObjectReference(
                asked.resource(),
                asked.namespace(),
                asked.name(),
                "",
                asked.group(),
                asked.version(),
                "",
                asked.subresource());
    }

    /// This, and what `object`, which came with the request, says more.
    ObjectReference with(Resource object) {
        return new ObjectReference(
                resource,
                namespace.isEmpty() ? object.namespace() : namespace,
                name.isEmpty() ? object.name() : name,
                uid.isEmpty() ? object.uid() : uid,
                group,
                version,
                resourceVersion.isEmpty() ? object.resourceVersion() : resourceVersion,
                subresource);
    }
}
