package dev.longshore.images.registry;

import dev.longshore.base.Digest;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.registry.storage.RegistryStorage;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/// `/v2/NAME/blobs/DIGEST`: end-2 and end-10.
final class BlobEndpoint {

    private static final int BUFFER = 64 << 10;

    private final RegistryStorage storage;

    BlobEndpoint(RegistryStorage storage) {
        this.storage = storage;
    }

    Response handle(Request request, RegistryRoute.Blob route) throws IOException, InterruptedException {
        return switch (request.method()) {
            case "GET", "HEAD" -> get(request, route);
            case "DELETE" -> delete(route);
            default -> throw Refusals.notAllowed("GET, HEAD, DELETE");
        };
    }

    private Response get(Request request, RegistryRoute.Blob route) throws IOException, InterruptedException {
        Digest digest = route.digest();
        OptionalLong found = storage.blob(route.name().repository(), digest);
        if (found.isEmpty()) {
            throw Refusals.unknownBlob(digest);
        }
        long size = found.getAsLong();
        if (Conditions.hasAlready(request, digest)) {
            return new Response.Full(304, Headers.of("Etag", Conditions.entityTag(digest)), new byte[0]);
        }
        if (request.method().equals("HEAD")) {
            return new Response.Full(200, head(digest).with("Content-Length", String.valueOf(size)), new byte[0]);
        }
        String asked = Conditions.rangeApplies(request, digest)
                ? request.headers().first("Range").orElse("")
                : "";
        return switch (ByteRange.of(asked, size)) {
            case ByteRange.Whole() -> body(200, head(digest), digest, new ByteRange.Part(0, size - 1));
            case ByteRange.Part part ->
                body(
                        206,
                        head(digest).with("Content-Range", "bytes " + part.first() + "-" + part.last() + "/" + size),
                        digest,
                        part);
            case ByteRange.Unsatisfiable() -> throw Refusals.range("bytes */" + size);
        };
    }

    private Response delete(RegistryRoute.Blob route) throws IOException, InterruptedException {
        return switch (storage.unlink(route.name().repository(), route.digest())) {
            case DONE ->
                new Response.Full(
                        202, Headers.of("Docker-Content-Digest", route.digest().toString()), new byte[0]);
            case ABSENT -> throw Refusals.unknownBlob(route.digest());
            case NEEDED ->
                throw new RefusalException(
                        ErrorCode.UNSUPPORTED,
                        "a manifest of this repository needs " + route.digest() + ": delete the manifest");
        };
    }

    private Response body(int status, Headers headers, Digest digest, ByteRange.Part part) {
        return new Response.Stream(status, headers.with("Content-Length", String.valueOf(part.length())), out -> {
            try (InputStream in = storage.open(digest, part.first())) {
                byte[] buffer = new byte[BUFFER];
                for (long left = part.length(); left > 0; ) {
                    int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                    if (read < 0) {
                        throw new IOException("blob " + digest + " is shorter than it was");
                    }
                    out.write(buffer, 0, read);
                    left -= read;
                }
            }
        });
    }

    private static Headers head(Digest digest) {
        return Headers.of(
                "Content-Type",
                "application/octet-stream",
                "Docker-Content-Digest",
                digest.toString(),
                "Etag",
                Conditions.entityTag(digest),
                "Cache-Control",
                "max-age=31536000",
                "Accept-Ranges",
                "bytes");
    }
}
