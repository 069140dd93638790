package dev.longshore.images.registry.bucket;

import dev.longshore.base.Digest;
import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/// As much of S3's REST protocol as [S3Bucket] uses, for one bucket in the path: objects, ranges, listing in pages,
/// uploads in parts. Unsigned requests are refused.
final class S3Server implements Handler {

    private static final int PAGE = 3;
    private static final String DATE = "Thu, 26 Nov 2026 00:00:00 GMT";

    private final ConcurrentSkipListMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
    private final Map<String, TreeMap<Integer, byte[]>> uploads = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicInteger listed = new AtomicInteger();
    final AtomicInteger failures = new AtomicInteger();

    @Override
    public Response handle(Request request) throws IOException {
        boolean isSigned = request.headers()
                .first("Authorization")
                .map(header -> header.startsWith("AWS4-HMAC-SHA256 Credential=key/"))
                .orElse(false);
        if (!isSigned) {
            return error(403, "AccessDenied");
        }
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return error(503, "SlowDown");
        }
        String key = request.path().replaceFirst("^/[^/]+/?", "");
        byte[] body = request.body().readAllBytes();
        return switch (request.method()) {
            case "GET" -> key.isEmpty() ? list(request) : get(request, key);
            case "HEAD" -> get(request, key);
            case "PUT" -> put(request, key, body);
            case "POST" -> post(request, key);
            case "DELETE" -> {
                request.query().first("uploadId").ifPresentOrElse(uploads::remove, () -> objects.remove(key));
                yield new Response.Full(204, Headers.EMPTY, new byte[0]);
            }
            default -> error(405, "MethodNotAllowed");
        };
    }

    private Response get(Request request, String key) {
        byte[] bytes = objects.get(key);
        if (bytes == null) {
            return error(404, "NoSuchKey");
        }
        String range = request.headers().first("Range").orElse("bytes=0-");
        int from = Integer.parseInt(range.replaceAll("[^0-9]", ""));
        byte[] part = java.util.Arrays.copyOfRange(bytes, from, bytes.length);
        Headers headers =
                Headers.of("Last-Modified", DATE, "ETag", etag(bytes), "Content-Length", String.valueOf(part.length));
        return new Response.Full(
                from == 0 ? 200 : 206, headers, request.method().equals("HEAD") ? new byte[0] : part);
    }

    private Response put(Request request, String key, byte[] body) {
        var upload = request.query().first("uploadId");
        if (upload.isPresent()) {
            uploads.get(upload.get())
                    .put(Integer.parseInt(request.query().first("partNumber").orElseThrow()), body);
        } else {
            objects.put(key, body);
        }
        return new Response.Full(200, Headers.of("ETag", etag(body)), new byte[0]);
    }

    private Response post(Request request, String key) {
        var upload = request.query().first("uploadId");
        if (upload.isEmpty()) {
            String id = "upload-" + ids.incrementAndGet();
            uploads.put(id, new TreeMap<>());
            return xml(
                    "<InitiateMultipartUploadResult><UploadId>" + id + "</UploadId></InitiateMultipartUploadResult>");
        }
        var whole = new ByteArrayOutputStream();
        uploads.remove(upload.get()).values().forEach(whole::writeBytes);
        objects.put(key, whole.toByteArray());
        return xml("<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>");
    }

    private Response list(Request request) {
        String prefix = request.query().first("prefix").orElse("");
        String after = request.query()
                .first("continuation-token")
                .orElse(request.query().first("start-after").orElse(""));
        listed.incrementAndGet();
        var text = new StringBuilder("<ListBucketResult>");
        int count = 0;
        String last = "";
        boolean isCut = false;
        for (var object : objects.tailMap(after.isEmpty() ? prefix : after, after.isEmpty())
                .entrySet()) {
            if (!object.getKey().startsWith(prefix)) {
                break;
            }
            if (count == PAGE) {
                isCut = true;
                break;
            }
            count++;
            last = object.getKey();
            text.append("<Contents><Key>%s</Key><Size>%d</Size><LastModified>%s</LastModified></Contents>"
                    .formatted(
                            last,
                            object.getValue().length,
                            DateTimeFormatter.ISO_INSTANT.format(Instant.EPOCH.atOffset(ZoneOffset.UTC))));
        }
        text.append("<IsTruncated>").append(isCut).append("</IsTruncated>");
        if (isCut) {
            text.append("<NextContinuationToken>").append(last).append("</NextContinuationToken>");
        }
        return xml(text.append("</ListBucketResult>").toString());
    }

    /// How many pages have been asked for.
    int pages() {
        return listed.get();
    }

    boolean hasOpenUploads() {
        return !uploads.isEmpty();
    }

    private static String etag(byte[] bytes) {
        return "\"" + Digest.sha256(bytes).shortHex() + "\"";
    }

    private static Response xml(String text) {
        return new Response.Full(
                200,
                Headers.of("Content-Type", "application/xml"),
                ("<?xml version=\"1.0\"?>" + text).getBytes(StandardCharsets.UTF_8));
    }

    private static Response error(int status, String code) {
        return new Response.Full(
                status,
                Headers.of("Content-Type", "application/xml"),
                ("<Error><Code>" + code + "</Code><Message>" + code + "</Message></Error>")
                        .getBytes(StandardCharsets.UTF_8));
    }
}
