package dev.longshore.images.distribution;

import dev.longshore.images.ContentStore;
import dev.longshore.images.Descriptor;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Slice;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends blobs: not what is there, nor what can be taken over from another repository; the rest in one piece, after
/// a cut connection from where it stopped, and in small pieces if the registry finds it too large. Thread-safe.
final class BlobPush {

    private static final Logger log = LoggerFactory.getLogger(BlobPush.class);
    private static final long CHUNK = 8 << 20;
    private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-([0-9]{1,18})");

    private final ContentStore content;

    BlobPush(ContentStore content) {
        this.content = content;
    }

    /// Sends `blob`; `sources` are repositories of the same registry that may have it.
    void push(RegistryConnection connection, Descriptor blob, List<String> sources, Progress progress)
            throws IOException, InterruptedException {
        String id = blob.digest().shortHex();
        HttpResponse<InputStream> known =
                connection.send("HEAD", connection.address("blobs/" + blob.digest()), Map.of());
        known.body().close();
        if (known.statusCode() == 200) {
            progress.at(id, "Layer already exists");
            return;
        }
        for (String source : sources) {
            HttpResponse<InputStream> answer = begin(connection, "?mount=" + blob.digest() + "&from=" + source, blob);
            if (answer.statusCode() == 201) {
                progress.at(id, "Mounted from " + source);
                return;
            }
            if (source.equals(sources.getLast())) {
                upload(connection, blob, new Upload(location(connection, answer), 0, Long.MAX_VALUE), progress);
                return;
            }
            connection
                    .send("DELETE", location(connection, answer), Map.of())
                    .body()
                    .close();
        }
        upload(connection, blob, begun(connection, blob, Long.MAX_VALUE), progress);
    }

    /// @param at how much has arrived
    /// @param chunk how much may be sent at once
    private record Upload(URI address, long at, long chunk) {}

    private void upload(RegistryConnection connection, Descriptor blob, Upload begun, Progress progress)
            throws IOException, InterruptedException {
        Upload upload = begun;
        for (int attempt = 1; ; ) {
            progress.at(blob.digest().shortHex(), "Pushing", upload.at(), blob.size());
            HttpResponse<InputStream> answer;
            try {
                answer = sent(connection, blob, upload);
            } catch (HttpTimeoutException silent) {
                throw connection.unreachable(silent);
            } catch (IOException brokenOff) {
                if (!connection.pauses().mayRetry(attempt)) {
                    throw new ImageFaultException(
                            new ImageFault.Registry(connection.name(), 0, "blob " + blob.digest() + " broke off"),
                            brokenOff);
                }
                log.debug("upload of {} broke off: {}", blob.digest(), brokenOff.getMessage());
                connection.pauses().pause(attempt);
                Upload next = standing(connection, blob, upload);
                attempt = next.at() > upload.at() ? 1 : attempt + 1;
                upload = next;
                continue;
            }
            int status = answer.statusCode();
            if (status == 201) {
                answer.body().close();
                progress.at(blob.digest().shortHex(), "Pushed");
                return;
            }
            if (status == 202) {
                answer.body().close();
                upload = new Upload(location(connection, answer), upload.at() + length(blob, upload), upload.chunk());
            } else if (status == 413 && upload.chunk() > CHUNK) {
                answer.body().close();
                upload = begun(connection, blob, CHUNK);
            } else if (Pauses.isPassing(status) && connection.pauses().mayRetry(attempt)) {
                answer.body().close();
                connection.pauses().pause(attempt++, answer);
                upload = standing(connection, blob, upload);
            } else if (status == 416 && connection.pauses().mayRetry(attempt)) {
                answer.body().close();
                attempt++;
                upload = standing(connection, blob, upload);
            } else {
                throw connection.refused(answer, "blob " + blob.digest());
            }
        }
    }

    /// Sends the next piece; the last one ends the upload.
    private HttpResponse<InputStream> sent(RegistryConnection connection, Descriptor blob, Upload upload)
            throws IOException, InterruptedException {
        long length = length(blob, upload);
        boolean isLast = upload.at() + length == blob.size();
        URI address = isLast ? withDigest(upload.address(), blob) : upload.address();
        String type = "application/octet-stream";
        Map<String, String> headers = upload.at() == 0 && isLast || length == 0
                ? Map.of("Content-Type", type)
                : Map.of("Content-Type", type, "Content-Range", upload.at() + "-" + (upload.at() + length - 1));
        return connection.sendOnce(isLast ? "PUT" : "PATCH", address, headers, new Piece(blob, upload.at(), length));
    }

    private static long length(Descriptor blob, Upload upload) {
        return Math.min(upload.chunk(), blob.size() - upload.at());
    }

    /// How far `upload` has come, as the registry sees it; a new one if it has lost it.
    private Upload standing(RegistryConnection connection, Descriptor blob, Upload upload)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = connection.send("GET", upload.address(), Map.of());
        answer.body().close();
        Matcher range = RANGE.matcher(answer.headers().firstValue("Range").orElse(""));
        if (answer.statusCode() / 100 != 2 || !range.matches()) {
            return begun(connection, blob, upload.chunk());
        }
        long last = Long.parseLong(range.group(1));
        long at = last == 0 ? 0 : last + 1; // "0-0" is said of none and of one byte.
        return last == 0 || at > blob.size()
                ? begun(connection, blob, upload.chunk())
                : new Upload(location(connection, answer), at, upload.chunk());
    }

    private Upload begun(RegistryConnection connection, Descriptor blob, long chunk)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = begin(connection, "", blob);
        long least = answer.headers().firstValueAsLong("OCI-Chunk-Min-Length").orElse(0);
        return new Upload(location(connection, answer), 0, Math.max(chunk, least));
    }

    private static HttpResponse<InputStream> begin(RegistryConnection connection, String query, Descriptor blob)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> answer =
                connection.send("POST", connection.address("blobs/uploads/" + query), Map.of());
        if (answer.statusCode() != 202 && answer.statusCode() != 201) {
            throw connection.refused(answer, "blob " + blob.digest());
        }
        answer.body().close();
        return answer;
    }

    private static URI location(RegistryConnection connection, HttpResponse<?> answer) {
        return connection
                .address("blobs/uploads/")
                .resolve(answer.headers().firstValue("Location").orElse(""));
    }

    private static URI withDigest(URI upload, Descriptor blob) {
        return URI.create(upload + (upload.getRawQuery() == null ? "?" : "&") + "digest=" + blob.digest());
    }

    /// Part of a blob as a body.
    private final class Piece implements RegistryConnection.Body {

        private final Descriptor blob;
        private final long at;
        private final long length;

        private Piece(Descriptor blob, long at, long length) {
            this.blob = blob;
            this.at = at;
            this.length = length;
        }

        @Override
        public HttpRequest.BodyPublisher publisher() {
            return length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.fromPublisher(
                            HttpRequest.BodyPublishers.ofInputStream(() -> new Slice(opened(), length)), length);
        }

        @Override
        public long size() {
            return length;
        }

        private InputStream opened() {
            try {
                return content.open(blob.digest(), at);
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        }
    }
}
