package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.http.Request;
import dev.longshore.model.Codec;
import dev.longshore.model.DuplicateFields;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads what clients send.
final class Bodies {

    static final int LIMIT = 3 * 1024 * 1024;
    static final String NOT_JSON = "couldn't get version/kind; json parse error: ";

    /// What kube-apiserver reads first of a body, in its own errors.
    private static final String KIND_FINDER = "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\";"
            + " Kind string \"json:\\\"kind,omitempty\\\"\" }";
    private static final int SHOWN = 30;

    private final List<Codec> codecs;
    private final Encodings encodings;

    Bodies(List<Codec> codecs, Encodings encodings) {
        this.codecs = codecs;
        this.encodings = encodings;
    }

    /// A decoded body.
    ///
    /// @param text as it came, if that was JSON, and has fields that stand twice
    /// @param findings what strict decoding found before it was JSON
    record Body(JsonNode tree, Optional<byte[]> text, List<String> findings) {
        Body(JsonNode tree) {
            this(tree, Optional.empty(), List.of());
        }

        boolean isEmpty() {
            return tree.isMissingNode();
        }

        /// @throws FaultException with [Fault.BadRequest] when it is no object
        ObjectNode object() {
            if (tree instanceof ObjectNode object) {
                return object;
            }
            throw new FaultException(new Fault.BadRequest("EOF"));
        }
    }

    /// The bytes of the body.
    ///
    /// @throws FaultException with [Fault.TooLarge], or when the body breaks off or does not come
    static byte[] bytes(Request request) throws IOException {
        byte[] bytes;
        try {
            bytes = request.body().readNBytes(LIMIT + 1);
        } catch (InterruptedIOException late) {
            if (Thread.currentThread().isInterrupted()) {
                throw late;
            }
            throw new FaultException(new Fault.Timeout(TimeLimit.OVER), late);
        } catch (IOException broken) {
            throw new FaultException(new Fault.BadRequest("the body of the request cannot be read"), broken);
        }
        if (bytes.length > LIMIT) {
            throw new FaultException(new Fault.TooLarge("Request entity too large: limit is " + LIMIT));
        }
        return bytes;
    }

    /// The body, read as its Content-Type says; `kind` is what it should be, for errors.
    ///
    /// @throws FaultException with [Fault.BadRequest] or [Fault.UnsupportedMediaType]
    Body read(Request request, String kind) throws IOException {
        String type = contentType(request);
        Optional<Codec> codec =
                codecs.stream().filter(each -> each.mediaType().equals(type)).findFirst();
        byte[] bytes = bytes(request);
        if (codec.isPresent() && bytes.length > 0) {
            return new Body(codec.get().decode(bytes).tree());
        }
        return switch (type) {
            case "", "application/json" -> parse(bytes, false, kind);
            case "application/yaml" -> parse(bytes, true, kind);
            default -> {
                // A deletion needs no body, whatever it is said to be.
                if (bytes.length > 0 || !request.method().equals("DELETE")) {
                    throw encodings.unsupported();
                }
                yield parse(bytes, false, kind);
            }
        };
    }

    /// An object, or nothing at all.
    static Body parse(byte[] bytes, boolean isYaml, String kind) {
        if (bytes.length == 0) {
            return new Body(MissingNode.getInstance());
        }
        JsonNode tree;
        try {
            tree = isYaml ? Yaml.parseAsGo(new String(bytes, StandardCharsets.UTF_8)) : Json.parse(bytes);
        } catch (Json.MalformedException malformed) {
            throw unrecognized(kind, (isYaml ? "" : NOT_JSON) + malformed.getMessage(), bytes);
        }
        return body(object(tree, kind, bytes), bytes, isYaml);
    }

    private static ObjectNode object(JsonNode tree, String kind, byte[] bytes) {
        if (tree.isNull()) {
            return Json.object();
        }
        if (!(tree instanceof ObjectNode object)) {
            throw unrecognized(
                    kind,
                    NOT_JSON
                            + "json: cannot unmarshal %s into Go value of type %s".formatted(typeOf(tree), KIND_FINDER),
                    bytes);
        }
        for (String field : List.of("kind", "apiVersion")) {
            JsonNode value = object.path(field);
            if (!value.isMissingNode() && !value.isNull() && !value.isString()) {
                throw unrecognized(
                        kind,
                        NOT_JSON
                                + "json: cannot unmarshal %s into Go struct field .%s of type string"
                                        .formatted(typeOf(value), field),
                        bytes);
            }
        }
        String apiVersion = object.path("apiVersion").asString("");
        if (apiVersion.chars().filter(each -> each == '/').count() > 1) {
            throw unrecognized(kind, "unexpected GroupVersion string: " + apiVersion, bytes);
        }
        return object;
    }

    private static String typeOf(JsonNode tree) {
        return switch (tree.getNodeType()) {
            case ARRAY -> "array";
            case BOOLEAN -> "bool";
            case NUMBER -> "number";
            case STRING -> "string";
            case BINARY, MISSING, NULL, OBJECT, POJO -> "object";
        };
    }

    /// What is answered to a body in which nothing can be recognized.
    static FaultException unrecognized(String kind, String why, byte[] bytes) {
        return new FaultException(
                new Fault.BadRequest("the object provided is unrecognized (must be of type %s): %s (%s)"
                        .formatted(kind, why, summary(bytes))));
    }

    /// The beginning: of what looks like JSON as it is, of anything else in hexadecimal.
    private static String summary(byte[] bytes) {
        if (bytes.length == 0) {
            return "<empty>";
        }
        byte[] start = Arrays.copyOf(bytes, Math.min(SHOWN, bytes.length));
        String shown = bytes[0] == '{'
                ? new String(start, StandardCharsets.UTF_8)
                : HexFormat.of().formatHex(start);
        return bytes.length > SHOWN ? shown + " ..." : shown;
    }

    private static Body body(ObjectNode tree, byte[] bytes, boolean isYaml) {
        if (isYaml) {
            return new Body(tree, Optional.empty(), FieldValidation.ofYaml(new String(bytes, StandardCharsets.UTF_8)));
        }
        boolean hasDuplicates = !DuplicateFields.find(bytes).isEmpty();
        return new Body(tree, hasDuplicates ? Optional.of(bytes) : Optional.empty(), List.of());
    }

    static String contentType(Request request) {
        String header = request.headers().first("Content-Type").orElse("");
        int semicolon = header.indexOf(';');
        String type = semicolon < 0 ? header : header.substring(0, semicolon);
        // What is said must be a type: nothing but parameters is none that anybody knows.
        return header.isEmpty() || !type.isBlank() ? type.strip().toLowerCase(Locale.ROOT) : "/";
    }
}
