package dev.longshore.builder.remote;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;

/// Fetches files by HTTP. Remembers by which ETag or date a server called what it sent, and asks it the next time
/// whether that still is the same, which costs no content. Redirects, sizes and times are limited. Thread-safe.
public final class Downloads implements AutoCloseable {

    private static final int MOST_REDIRECTS = 10;
    private static final int MOST_REMEMBERED = 1000;
    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;
    private static final int BUFFER = 64 << 10;

    private final Limits limits;
    private final Time time;
    private final HttpClient client;
    private final Map<String, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /// How much one download may take.
    ///
    /// @param answer how long a server may think
    /// @param whole how long all of it may take
    public record Limits(long bytes, Duration answer, Duration whole) {
        /// 16 GiB, a minute, an hour.
        public static final Limits USUAL = new Limits(16L << 30, Duration.ofMinutes(1), Duration.ofHours(1));
    }

    /// What a server sends.
    ///
    /// @param digest of its content, SHA-256
    /// @param name from its address, else from what the server says
    /// @param modified as the server says; 1970 if it does not
    public record Known(Digest digest, String name, Instant modified, Optional<String> etag, Optional<String> date) {

        /// When it was modified, if the server says so.
        public Optional<Instant> told() {
            return date.isPresent() ? Optional.of(modified) : Optional.empty();
        }
    }

    public Downloads(Limits limits, Time time) {
        this.limits = limits;
        this.time = time;
        this.client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(limits.answer())
                .executor(Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("download-", 0).factory()))
                .build();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    /// What a file at `url` is called, as long as nobody has asked the server.
    public static String nameOf(String url) {
        return FileNames.of(url, Optional.empty());
    }

    /// What `url` has now. Its content lies at `place` afterwards, unless it is known to be what it was before.
    ///
    /// @throws FetchException when it cannot be had
    public Known look(String url, Path place) throws IOException, InterruptedException {
        Optional<Known> before = remembered(url);
        HttpResponse<InputStream> response = ask(url, before);
        try (InputStream body = response.body()) {
            Optional<String> etag = response.headers().firstValue("ETag");
            boolean isSame = before.isPresent()
                    && (response.statusCode() == NOT_MODIFIED
                            || etag.isPresent() && etag.equals(before.get().etag()));
            if (isSame) {
                return before.get();
            }
            MessageDigest sum = Digest.hasher("sha256");
            save(url, body, place, sum);
            Optional<String> date = response.headers().firstValue("Last-Modified");
            var now = new Known(
                    Digest.of("sha256", sum.digest()),
                    FileNames.of(url, response.headers().firstValue("Content-Disposition")),
                    date.flatMap(HttpDates::read).orElse(Instant.EPOCH),
                    etag,
                    date);
            dress(place, now.modified());
            if (etag.isPresent() || date.isPresent()) {
                remember(url, now);
            }
            return now;
        }
    }

    /// Fetches `url` to `place`; its content must come to `checksum`.
    ///
    /// @throws FetchException when it cannot be had, or is not that
    public void fetch(String url, Checksum checksum, Path place) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = ask(url, Optional.empty());
        try (InputStream body = response.body()) {
            MessageDigest sum = checksum.hasher();
            save(url, body, place, sum);
            String actual = checksum.of(sum);
            if (!actual.equals(checksum.text())) {
                throw new FetchException("digest mismatch for " + Addresses.shown(url) + ": " + actual + " (expected: "
                        + checksum.text() + ")");
            }
            dress(
                    place,
                    response.headers()
                            .firstValue("Last-Modified")
                            .flatMap(HttpDates::read)
                            .orElse(Instant.EPOCH));
        }
    }

    private static void dress(Path place, Instant modified) throws IOException {
        Files.setAttribute(place, "unix:mode", 0600);
        Files.setLastModifiedTime(place, FileTime.from(modified));
    }

    private synchronized Optional<Known> remembered(String url) {
        return Optional.ofNullable(known.get(url));
    }

    private synchronized void remember(String url, Known now) {
        known.put(url, now);
    }

    private HttpResponse<InputStream> ask(String url, Optional<Known> before) throws IOException, InterruptedException {
        URI at = uri(url);
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(at).timeout(limits.answer()).header("User-Agent", "longshore");
            before.flatMap(Known::etag).ifPresent(etag -> request.header("If-None-Match", etag));
            before.flatMap(Known::date).ifPresent(date -> request.header("If-Modified-Since", date));
            HttpResponse<InputStream> response;
            try {
                response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            } catch (IOException failed) {
                throw new FetchException("cannot fetch " + Addresses.shown(url) + ": " + reason(failed), failed);
            }
            int status = response.statusCode();
            if (status == OK || status == NOT_MODIFIED && before.isPresent()) {
                return response;
            }
            response.body().close();
            Optional<String> next = response.headers().firstValue("Location");
            if (status / 100 != 3 || next.isEmpty()) {
                throw new FetchException(
                        "cannot fetch " + Addresses.shown(url) + ": invalid response status " + status);
            }
            at = uri(at.resolve(next.get().replace(" ", "%20")).toString());
        }
        throw new FetchException(
                "cannot fetch " + Addresses.shown(url) + ": stopped after " + MOST_REDIRECTS + " redirects");
    }

    private static URI uri(String url) {
        try {
            URI uri = URI.create(url.replaceFirst("#.*", ""));
            if (!Addresses.isHttp(url) || uri.getHost() == null) {
                throw new FetchException("not an address that can be fetched: " + Addresses.shown(url));
            }
            return uri;
        } catch (IllegalArgumentException wrong) {
            throw new FetchException("not an address that can be fetched: " + Addresses.shown(url), wrong);
        }
    }

    private static String reason(IOException failed) {
        return failed.getMessage() == null ? failed.getClass().getSimpleName() : failed.getMessage();
    }

    private void save(String url, InputStream body, Path place, MessageDigest sum) throws IOException {
        Time.Timer end = time.schedule(limits.whole(), () -> closeQuietly(body));
        long bytes = 0;
        long start = time.nanoTime();
        try (OutputStream out = Files.newOutputStream(place)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                bytes += read;
                if (bytes > limits.bytes()) {
                    throw new FetchException(Addresses.shown(url) + " is larger than " + limits.bytes()
                            + " bytes, the most there may be");
                }
                sum.update(buffer, 0, read);
                out.write(buffer, 0, read);
            }
        } catch (IOException broken) {
            boolean isLate = time.nanoTime() - start >= limits.whole().toNanos();
            throw new FetchException(
                    "cannot fetch " + Addresses.shown(url) + ": "
                            + (isLate ? "not done within " + limits.whole().toSeconds() + " s" : reason(broken)),
                    broken);
        } finally {
            end.cancel();
        }
    }

    private static void closeQuietly(InputStream body) {
        try {
            body.close();
        } catch (IOException closed) {
            // Whoever reads it finds out.
        }
    }
}
