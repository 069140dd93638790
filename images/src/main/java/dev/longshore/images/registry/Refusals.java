package dev.longshore.images.registry;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.images.Reference;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;

/// Refusals that several endpoints have in common, with the details that other registries give.
final class Refusals {

    private Refusals() {}

    static RefusalException unknownBlob(Digest digest) {
        return new RefusalException(ErrorCode.BLOB_UNKNOWN, digest.toString());
    }

    static RefusalException unknownManifest(Reference reference) {
        return new RefusalException(
                ErrorCode.MANIFEST_UNKNOWN,
                reference
                        .tag()
                        .map(tag -> "unknown tag=" + tag)
                        .orElseGet(() -> "unknown manifest name=" + reference.familiarRepository() + " revision="
                                + reference.digest().orElseThrow()));
    }

    static RefusalException unknownName(String name) {
        return new RefusalException(ErrorCode.NAME_UNKNOWN, Json.object().put("name", name), Headers.EMPTY);
    }

    static RefusalException range(String contentRange) {
        return new RefusalException(
                ErrorCode.RANGE_INVALID, MissingNode.getInstance(), Headers.of("Content-Range", contentRange));
    }

    static RefusalException notAllowed(String allowed) {
        return new RefusalException(
                ErrorCode.UNSUPPORTED,
                JsonNodeFactory.instance.stringNode("allowed here: " + allowed),
                Headers.of("Allow", allowed));
    }
}
