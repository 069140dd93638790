package dev.longshore.images.registry;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.Response;
import dev.longshore.images.ImageFault;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;

/// Errors as the distribution specification spells them.
final class RegistryError {

    private RegistryError() {}

    static Response of(RefusalException refusal) {
        return of(refusal.code(), refusal.details(), refusal.headers());
    }

    /// The one place where faults become statuses of this protocol.
    static Response of(ImageFault fault) {
        String why = fault.message();
        return switch (fault) {
            case ImageFault.InvalidReference ignored -> of(ErrorCode.NAME_INVALID, why);
            case ImageFault.NoSuchImage ignored -> of(ErrorCode.MANIFEST_UNKNOWN, why);
            case ImageFault.NoSuchPlatform ignored -> of(ErrorCode.MANIFEST_UNKNOWN, why);
            case ImageFault.NoSuchContent ignored -> of(ErrorCode.BLOB_UNKNOWN, why);
            case ImageFault.WrongDigest ignored -> of(ErrorCode.DIGEST_INVALID, why);
            case ImageFault.WrongSize ignored -> of(ErrorCode.SIZE_INVALID, why);
            case ImageFault.Malformed ignored -> of(ErrorCode.MANIFEST_INVALID, why);
            case ImageFault.Clash ignored -> of(ErrorCode.MANIFEST_INVALID, why);
            case ImageFault.NoSuchUpload ignored -> of(ErrorCode.BLOB_UPLOAD_UNKNOWN, why);
            case ImageFault.WrongOffset ignored -> of(ErrorCode.RANGE_INVALID, why);
            case ImageFault.InUse ignored -> of(ErrorCode.DENIED, why);
            case ImageFault.Registry ignored -> of(ErrorCode.UNREACHABLE, why);
        };
    }

    private static Response of(ErrorCode code, String detail) {
        return of(code, List.of(JsonNodeFactory.instance.stringNode(detail)), Headers.EMPTY);
    }

    private static Response of(ErrorCode code, List<? extends JsonNode> details, Headers headers) {
        var tree = Json.object();
        var errors = tree.putArray("errors");
        for (JsonNode detail : details) {
            var error = errors.addObject().put("code", code.code()).put("message", code.message());
            if (!(detail instanceof MissingNode)) {
                error.set("detail", detail);
            }
        }
        return new Response.Full(code.status(), headers.with("Content-Type", "application/json"), Json.bytes(tree));
    }
}
