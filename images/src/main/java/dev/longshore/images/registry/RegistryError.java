package dev.longshore.images.registry;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.Response;
import dev.longshore.images.ImageFault;

/// Errors as the distribution specification spells them.
final class RegistryError {

    private RegistryError() {}

    static Response of(int status, String code, String message) {
        return of(status, code, message, Headers.EMPTY);
    }

    static Response of(int status, String code, String message, Headers headers) {
        var tree = Json.object();
        tree.putArray("errors").addObject().put("code", code).put("message", message);
        return new Response.Full(status, headers.with("Content-Type", "application/json"), Json.bytes(tree));
    }

    /// The one place where faults become statuses of this protocol.
    static Response of(ImageFault fault) {
        String why = fault.message();
        return switch (fault) {
            case ImageFault.InvalidReference ignored -> of(400, "NAME_INVALID", why);
            case ImageFault.NoSuchImage ignored -> of(404, "MANIFEST_UNKNOWN", why);
            case ImageFault.NoSuchContent ignored -> of(404, "BLOB_UNKNOWN", why);
            case ImageFault.WrongDigest ignored -> of(400, "DIGEST_INVALID", why);
            case ImageFault.WrongSize ignored -> of(400, "SIZE_INVALID", why);
            case ImageFault.Malformed ignored -> of(400, "MANIFEST_INVALID", why);
            case ImageFault.NoSuchUpload ignored -> of(404, "BLOB_UPLOAD_UNKNOWN", why);
            case ImageFault.WrongOffset ignored -> of(416, "BLOB_UPLOAD_INVALID", why);
            case ImageFault.InUse ignored -> of(409, "DENIED", why);
            case ImageFault.Registry ignored -> of(502, "UNKNOWN", why);
        };
    }
}
