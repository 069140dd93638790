package dev.longshore.images.registry;

import dev.longshore.base.Digest;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.ContentStore;
import dev.longshore.images.LocalImages;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `/v2/NAME/blobs/DIGEST`.
final class BlobEndpoint {

    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{1,18})?-([0-9]{1,18})?");
    private static final int BUFFER = 64 << 10;

    private final ContentStore content;
    private final Pushes pushes;

    BlobEndpoint(LocalImages local, Pushes pushes) {
        this.content = local.content();
        this.pushes = pushes;
    }

    Response handle(Request request, Digest digest) throws IOException {
        pushes.keep(digest);
        if (!content.has(digest)) {
            return RegistryError.of(404, "BLOB_UNKNOWN", "blob unknown to registry");
        }
        return switch (request.method()) {
            case "HEAD" ->
                new Response.Full(
                        200, head(digest).with("Content-Length", String.valueOf(content.size(digest))), new byte[0]);
            case "GET" -> get(request, digest);
            case "DELETE" ->
                RegistryError.of(
                        405, "UNSUPPORTED", "blobs go by themselves when no image needs them: delete the manifest");
            default -> RegistryHandler.notAllowed();
        };
    }

    private Response get(Request request, Digest digest) throws IOException {
        long size = content.size(digest);
        String asked = request.headers().first("Range").orElse("");
        if (asked.isEmpty()) {
            return body(200, head(digest), digest, 0, size);
        }
        Matcher range = RANGE.matcher(asked);
        if (!range.matches() || range.group(1) == null && range.group(2) == null) {
            return body(200, head(digest), digest, 0, size);
        }
        long from = range.group(1) == null
                ? Math.max(0, size - Long.parseLong(range.group(2)))
                : Long.parseLong(range.group(1));
        long to = range.group(1) == null || range.group(2) == null
                ? size - 1
                : Math.min(size - 1, Long.parseLong(range.group(2)));
        if (from > to) {
            return RegistryError.of(
                    416, "RANGE_INVALID", "invalid range", Headers.of("Content-Range", "bytes */" + size));
        }
        Headers headers = head(digest).with("Content-Range", "bytes " + from + "-" + to + "/" + size);
        return body(206, headers, digest, from, to - from + 1);
    }

    private Response body(int status, Headers headers, Digest digest, long from, long length) {
        return new Response.Stream(status, headers.with("Content-Length", String.valueOf(length)), out -> {
            try (InputStream in = content.open(digest, from)) {
                byte[] buffer = new byte[BUFFER];
                for (long left = length; left > 0; ) {
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
                "\"" + digest + "\"",
                "Accept-Ranges",
                "bytes");
    }
}
