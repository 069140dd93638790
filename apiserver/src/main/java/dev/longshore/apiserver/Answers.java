package dev.longshore.apiserver;

import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.Fault;
import dev.longshore.model.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.JsonNode;

/// Writes answers.
final class Answers {

    /// Smaller answers are not worth the work, as in kube-apiserver.
    private static final int WORTH_COMPRESSING = 128 * 1024;

    private Answers() {}

    /// A tree, in the form that `representation` says.
    static Response tree(Request request, int status, JsonNode tree, Representation representation) {
        return bytes(request, status, representation.bytes(tree), representation.contentType());
    }

    /// Bytes as they are, or compressed if it is large and the client can read that.
    static Response bytes(Request request, int status, byte[] body, String contentType) {
        Headers headers = Headers.of("Cache-Control", "no-cache, private", "Content-Type", contentType);
        if (body.length <= WORTH_COMPRESSING || !request.headers().hasToken("Accept-Encoding", "gzip")) {
            return new Response.Full(status, headers, body);
        }
        return new Response.Full(
                status, headers.with("Content-Encoding", "gzip").with("Vary", "Accept-Encoding"), compress(body));
    }

    /// True if the client has what `tag` stands for.
    static boolean isKnown(Request request, String tag) {
        return request.headers().all("If-None-Match").stream()
                .flatMap(line -> java.util.Arrays.stream(line.split(",")))
                .map(given -> given.strip().replaceFirst("^W/", ""))
                .anyMatch(given -> given.equals(tag) || given.equals("*"));
    }

    /// A refusal, in a form that the client accepts, or else in JSON for whoever looks at it.
    static Response fault(Request request, Fault fault, Encodings encodings) {
        Representation representation = Representation.find(request, Representation.Offer.plain(encodings))
                .orElseGet(() -> Representation.PLAIN.asPretty());
        Headers plain = Headers.of("Cache-Control", "no-cache, private", "Content-Type", representation.contentType());
        Headers headers =
                switch (fault) {
                    case Fault.TooManyRequests busy
                    when !busy.retryAfter().isZero() ->
                        plain.with(
                                "Retry-After",
                                Long.toString(Math.max(1, busy.retryAfter().toSeconds())));
                    // Of Unavailable only at shutdown: the next server of the same name is there at once.
                    case Fault.TooLargeRevision _, Fault.Unavailable _ -> plain.with("Retry-After", "1");
                    default -> plain;
                };
        return new Response.Full(fault.code(), headers, representation.bytes(Status.of(fault)));
    }

    /// `response` and `Warning` fields for `warnings`.
    static Response warned(Response response, List<String> warnings) {
        Headers headers = response.headers();
        for (String warning : warnings.stream().distinct().toList()) {
            headers = headers.with("Warning", "299 - \"" + quoted(warning) + '"');
        }
        return with(response, headers);
    }

    /// `response` and more fields: name, value, name, value …
    static Response with(Response response, String... namesAndValues) {
        Headers headers = response.headers();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers = headers.with(namesAndValues[i], namesAndValues[i + 1]);
        }
        return with(response, headers);
    }

    private static Response with(Response response, Headers headers) {
        return switch (response) {
            case Response.Full(int status, Headers _, byte[] body) -> new Response.Full(status, headers, body);
            case Response.Stream(int status, Headers _, Response.Body body) ->
                new Response.Stream(status, headers, body);
            case Response.Hijack _, Response.WebSocketUpgrade _, Response.SpdyUpgrade _ -> response;
        };
    }

    private static String quoted(String text) {
        return text.replaceAll("[\\r\\n]+", " ").replace("\\", "\\\\").replace("\"", "\\\"");
    }

    static byte[] compress(byte[] body) {
        var compressed = new ByteArrayOutputStream(body.length / 4);
        try (var gzip = new QuickGzip(compressed)) {
            gzip.write(body);
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory failed", impossible);
        }
        return compressed.toByteArray();
    }

    /// The quickest level: lists are large and used once.
    private static final class QuickGzip extends GZIPOutputStream {
        QuickGzip(ByteArrayOutputStream out) throws IOException {
            super(out);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
