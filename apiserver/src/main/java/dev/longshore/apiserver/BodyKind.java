package dev.longshore.apiserver;

import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ResourceDefinition;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Settles of what kind an object in a body is: what it does not say follows from the path, what it says must be
/// what the path is for.
final class BodyKind {

    /// How kube-apiserver calls its list of kinds, in its own errors.
    private static final String SCHEME = "pkg/api/legacyscheme/scheme.go:30";

    private final Catalog catalog;

    BodyKind(Catalog catalog) {
        this.catalog = catalog;
    }

    /// Completes `object` to one of `wanted`.
    ///
    /// @throws FaultException with [Fault.BadRequest] when it says it is something else
    void settle(ObjectNode object, GroupVersionKind wanted) {
        String apiVersion = object.path("apiVersion").asString("");
        String kind = object.path("kind").asString("");
        var said = GroupVersionKind.of(
                apiVersion.isEmpty() ? wanted.apiVersion() : apiVersion, kind.isEmpty() ? wanted.kind() : kind);
        if (!said.equals(wanted)) {
            throw new FaultException(new Fault.BadRequest(mismatch(said, wanted)));
        }
        object.put("apiVersion", wanted.apiVersion()).put("kind", wanted.kind());
    }

    private String mismatch(GroupVersionKind said, GroupVersionKind wanted) {
        Optional<ResourceDefinition> known = catalog.find(said);
        if (known.isEmpty()) {
            return unhandled(
                    said,
                    wanted,
                    "no kind \"%s\" is registered for version \"%s\" in scheme \"%s\""
                            .formatted(said.kind(), said.apiVersion(), SCHEME));
        }
        boolean isSameObject = catalog.find(wanted)
                .map(definition -> definition.storage().prefix())
                .equals(known.map(definition -> definition.storage().prefix()));
        if (isSameObject) {
            return "the API version in the data (%s) does not match the expected API version (%s)"
                    .formatted(said.apiVersion(), wanted.apiVersion());
        }
        return unhandled(
                said,
                wanted,
                "converting (%s.%s) to (%s.%s): unknown conversion"
                        .formatted(said.version(), said.kind(), internal(wanted.group()), wanted.kind()));
    }

    private static String unhandled(GroupVersionKind said, GroupVersionKind wanted, String why) {
        return "%s in version \"%s\" cannot be handled as a %s: %s"
                .formatted(said.kind(), said.version(), wanted.kind(), why);
    }

    /// The name of the package that the group's types are in.
    private static String internal(String group) {
        int dot = group.indexOf('.');
        String first = dot < 0 ? group : group.substring(0, dot);
        return first.isEmpty() || first.equals("events") ? "core" : first;
    }
}
