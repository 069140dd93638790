package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.http.Request;
import dev.longshore.model.Codec;
import dev.longshore.model.DuplicateFields;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads what clients send.
final class Bodies {

    static final int LIMIT = 3 * 1024 * 1024;

    private final List<Codec> codecs;
    private final Encodings encodings;

    Bodies(List<Codec> codecs, Encodings encodings) {
        this.codecs = codecs;
        this.encodings = encodings;
    }

    /// A decoded body.
    ///
    /// @param duplicates fields that stand twice in it
    record Body(JsonNode tree, List<String> duplicates) {
        boolean isEmpty() {
            return tree.isMissingNode();
        }

        /// @throws FaultException with [Fault.BadRequest] when it is no object
        ObjectNode object() {
            if (tree instanceof ObjectNode object) {
                return object;
            }
            throw bad("couldn't get version/kind; json parse error: an object was expected");
        }
    }

    /// The bytes of the body.
    ///
    /// @throws FaultException with [Fault.TooLarge]
    static byte[] bytes(Request request) throws IOException {
        byte[] bytes = request.body().readNBytes(LIMIT + 1);
        if (bytes.length > LIMIT) {
            throw new FaultException(new Fault.TooLarge("Request entity too large: limit is " + LIMIT));
        }
        return bytes;
    }

    /// The body, read as its Content-Type says.
    ///
    /// @throws FaultException with [Fault.BadRequest] or [Fault.UnsupportedMediaType]
    Body read(Request request) throws IOException {
        String type = contentType(request);
        Optional<Codec> codec =
                codecs.stream().filter(each -> each.mediaType().equals(type)).findFirst();
        byte[] bytes = bytes(request);
        if (codec.isPresent() && bytes.length > 0) {
            return new Body(codec.get().decode(bytes).tree(), List.of());
        }
        return switch (type) {
            case "", "application/json" -> parse(bytes, false);
            case "application/yaml" -> parse(bytes, true);
            default -> {
                // A deletion needs no body, whatever it is said to be.
                if (bytes.length > 0 || !request.method().equals("DELETE")) {
                    throw encodings.unsupported();
                }
                yield parse(bytes, false);
            }
        };
    }

    static Body parse(byte[] bytes, boolean isYaml) {
        if (bytes.length == 0) {
            return new Body(tools.jackson.databind.node.MissingNode.getInstance(), List.of());
        }
        try {
            return isYaml
                    ? new Body(Yaml.parse(new String(bytes, StandardCharsets.UTF_8)), List.of())
                    : new Body(Json.parse(bytes), DuplicateFields.find(bytes));
        } catch (Json.MalformedException malformed) {
            throw new FaultException(
                    new Fault.BadRequest("the object provided is unrecognized (must be of type Object): couldn't get"
                            + " version/kind; json parse error: " + malformed.getMessage()),
                    malformed);
        }
    }

    static String contentType(Request request) {
        String header = request.headers().first("Content-Type").orElse("");
        int semicolon = header.indexOf(';');
        return (semicolon < 0 ? header : header.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    }

    private static FaultException bad(String why) {
        return new FaultException(new Fault.BadRequest(why));
    }
}
