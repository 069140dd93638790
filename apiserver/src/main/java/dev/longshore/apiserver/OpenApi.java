package dev.longshore.apiserver;

import dev.longshore.apiserver.openapi.GnosticEncoder;
import dev.longshore.apiserver.openapi.OpenApiDocuments;
import dev.longshore.apiserver.openapi.SwaggerMerge;
import dev.longshore.apiserver.openapi.SwaggerUpgrade;
import dev.longshore.base.Digest;
import dev.longshore.base.GoJson;
import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Schemas;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.node.ObjectNode;

/// Answers requests below `/openapi` for one [Catalog]. A document is made when it is first asked for and kept
/// compressed, as long as the memory is not needed for something else.
///
/// Documents of version 3 are asked for with `?hash=`, which the index tells: under the right hash clients keep
/// them for good, from a wrong one they are led to the right. The hash is of all that the documents are made of,
/// so that the index costs nothing.
final class OpenApi {

    private static final String TWO = "/openapi/v2";
    private static final String THREE = "/openapi/v3";

    /// Counts the changes of how documents are printed: a new number makes clients read them anew.
    private static final String PRINTING = "3";

    private static final Duration FOR_GOOD = Duration.ofDays(365);
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final OpenApiDocuments documents;
    private final Set<String> parts;
    private final String hash;
    private final Others others;
    private final String wholeHash;
    private final Instant madeAt;
    private final Supplier<Instant> now;
    private final Map<String, SoftReference<byte[]>> made = new ConcurrentHashMap<>();

    /// What others describe.
    ///
    /// @param parts documents of version 3, as path and query, by their names
    /// @param swaggers shares of the document of version 2; not to be changed
    /// @param old shares of those who have no document of version 3, by the names of these, under their hashes
    /// @param tag another one means that something is another
    record Others(Map<String, String> parts, List<ObjectNode> swaggers, Map<String, Old> old, String tag) {
        static final Others NONE = new Others(Map.of(), List.of(), Map.of(), "");
    }

    /// A description in version 2 only.
    record Old(ObjectNode swagger, String hash) {}

    /// @param now the time, for headers that limit how long an answer is kept
    OpenApi(Catalog catalog, Schemas schemas, String gitVersion, Supplier<Instant> now) {
        this(
                new OpenApiDocuments(catalog.all(), schemas, gitVersion),
                hash(catalog, schemas, gitVersion),
                Others.NONE,
                now);
    }

    private OpenApi(OpenApiDocuments documents, String hash, Others others, Supplier<Instant> now) {
        this.documents = documents;
        this.parts = documents.parts();
        this.hash = hash;
        this.others = others;
        this.wholeHash = others.tag.isEmpty() ? hash : hash(hash + others.tag);
        this.madeAt = now.get();
        this.now = now;
    }

    /// The same, and what others describe. Documents of parts that are made already are kept.
    OpenApi with(Others wanted) {
        if (wanted.equals(others)) {
            return this;
        }
        var more = new OpenApi(documents, hash, wanted, now);
        made.forEach((key, document) -> {
            // Those that are known by name only may be others under the same name.
            boolean isOwn = parts.contains(key.substring(0, key.indexOf(' ')));
            if (isOwn) {
                more.made.put(key, document);
            }
        });
        return more;
    }

    private static String hash(Catalog catalog, Schemas schemas, String gitVersion) {
        var content = new StringBuilder(gitVersion + PRINTING + schemas.fingerprint());
        for (ResourceDefinition definition : catalog.all()) {
            content.append('\n')
                    .append(definition.kind())
                    .append(definition.names())
                    .append(definition.schema());
            definition.verbs().stream().sorted().forEach(content::append);
            definition.subresources().forEach(sub -> content.append(' ').append(sub.name()));
        }
        return hash(content.toString());
    }

    private static String hash(String content) {
        return Digest.sha256(content.getBytes(StandardCharsets.UTF_8)).hex().toUpperCase(Locale.ROOT);
    }

    /// The answer to a request below `/openapi`; empty if there is no such path.
    Optional<Response> answer(Request request) {
        String path = request.path();
        if (path.equals(TWO) || path.equals(THREE)) {
            return Optional.of(path.equals(TWO) ? whole(request) : index(request));
        }
        String part = path.startsWith(THREE + "/") ? path.substring(THREE.length() + 1) : "";
        boolean isThere = parts.contains(part) || others.old.containsKey(part);
        return isThere ? Optional.of(part(request, part)) : Optional.empty();
    }

    private Response whole(Request request) {
        return Form.of(request, "v2")
                .map(form -> document(
                        request,
                        TWO,
                        form,
                        form == Form.JSON
                                // This one document is not written by Go's usual encoder: nothing is escaped.
                                ? () -> Json.bytes(merged())
                                : () -> GnosticEncoder.two().encode(merged()),
                        Headers.of("Cache-Control", "no-cache, private")))
                .orElseGet(OpenApi::notAcceptable);
    }

    private ObjectNode merged() {
        ObjectNode whole = documents.whole();
        others.swaggers.forEach(share -> SwaggerMerge.into(whole, share.deepCopy()));
        return whole;
    }

    private Response index(Request request) {
        ObjectNode index = Json.object();
        ObjectNode paths = index.putObject("paths");
        parts.forEach(part -> paths.putObject(part).put("serverRelativeURL", url(part)));
        others.old.keySet().stream()
                .sorted()
                .forEach(part -> paths.putObject(part).put("serverRelativeURL", url(part)));
        new TreeMap<>(others.parts).forEach((part, url) -> paths.putObject(part).put("serverRelativeURL", url));
        return document(
                request, THREE, Form.JSON, () -> GoJson.bytes(index), Headers.of("Cache-Control", "no-cache, private"));
    }

    private String url(String part) {
        return THREE + "/" + part + "?hash=" + hashOf(part);
    }

    private String hashOf(String part) {
        Old old = others.old.get(part);
        return old == null ? hash : old.hash;
    }

    private ObjectNode partOf(String part) {
        Old old = others.old.get(part);
        return old == null ? documents.part(part) : SwaggerUpgrade.of(old.swagger);
    }

    private Response part(Request request, String part) {
        Optional<Form> form = Form.of(request, "v3");
        if (form.isEmpty()) {
            return notAcceptable();
        }
        Optional<String> asked = request.query().first("hash").filter(given -> !given.isEmpty());
        if (asked.isPresent() && !asked.get().equals(hashOf(part))) {
            return new Response.Full(
                    301, Headers.of("Location", url(part), "Cache-Control", "no-cache, private"), new byte[0]);
        }
        Headers caching = asked.isPresent()
                ? Headers.of(
                        "Cache-Control",
                        "public, immutable",
                        "Expires",
                        HTTP_DATE.format(now.get().plus(FOR_GOOD)))
                : Headers.of("Cache-Control", "no-cache, private");
        return document(
                request,
                part,
                form.get(),
                form.get() == Form.JSON
                        ? () -> GoJson.bytes(partOf(part))
                        : () -> GnosticEncoder.three().encode(partOf(part)),
                caching);
    }

    private Response document(Request request, String name, Form form, Supplier<byte[]> make, Headers caching) {
        boolean isPart = !name.equals(TWO) && !name.equals(THREE);
        String tag = '"' + (isPart ? hashOf(name) : wholeHash) + (form == Form.JSON ? "" : "-PB") + '"';
        Headers headers =
                caching.with("Vary", "Accept").with("ETag", tag).with("Last-Modified", HTTP_DATE.format(madeAt));
        if (Answers.isKnown(request, tag)) {
            return new Response.Full(304, headers, new byte[0]);
        }
        byte[] compressed = compressed(name + " " + form, make);
        Headers typed = headers.with("Content-Type", form.contentType(name.equals(TWO) ? "v2" : "v3"));
        return request.headers().hasToken("Accept-Encoding", "gzip")
                ? new Response.Full(200, typed.with("Content-Encoding", "gzip"), compressed)
                : new Response.Full(200, typed, expand(compressed));
    }

    private byte[] compressed(String key, Supplier<byte[]> make) {
        SoftReference<byte[]> kept = made.get(key);
        byte[] bytes = kept == null ? null : kept.get();
        if (bytes == null) {
            bytes = Answers.compress(make.get());
            made.put(key, new SoftReference<>(bytes));
        }
        return bytes;
    }

    private static byte[] expand(byte[] compressed) {
        try (var in = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
            return in.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException("cannot read what was compressed here", broken);
        }
    }

    private static Response notAcceptable() {
        return new Response.Full(406, Headers.of("Vary", "Accept"), new byte[0]);
    }

    /// In which form a document is sent.
    private enum Form {
        JSON,
        PROTOBUF;

        /// What the client likes best of what there is.
        static Optional<Form> of(Request request, String version) {
            var ranges = MediaRange.parse(request.headers().all("Accept"));
            if (ranges.isEmpty()) {
                return Optional.of(JSON);
            }
            for (var range : ranges) {
                if (Set.of("application/json", "application/*", "*/*").contains(range.type())) {
                    return Optional.of(JSON);
                }
                if (isProtobuf(range.type(), version)) {
                    return Optional.of(PROTOBUF);
                }
            }
            return Optional.empty();
        }

        /// The name with an at sign is what old clients ask for, though MIME has no such names.
        private static boolean isProtobuf(String type, String version) {
            String name = "application/com.github.proto-openapi.spec." + version;
            return type.equals(name + "@v1.0+protobuf") || type.equals(name + ".v1.0+protobuf");
        }

        String contentType(String version) {
            return this == JSON
                    ? "application/json"
                    : "application/com.github.proto-openapi.spec." + version + ".v1.0+protobuf";
        }
    }
}
