package dev.longshore.base;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reading and writing JSON trees. Hostile input is bounded: depth 1000, numbers 400 characters. Thread-safe.
public final class Json {

    private static final int MAX_DEPTH = 1000;
    private static final int MAX_NUMBER_LENGTH = 400;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .build())
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    static final DefaultPrettyPrinter PRETTY = new DefaultPrettyPrinter()
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n"))
            .withSeparators(Separators.createDefaultInstance()
                    .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                    .withObjectEmptySeparator("")
                    .withArrayEmptySeparator(""));

    private Json() {}

    /// The tree that `text` (UTF-8) spells. As in Go, of duplicate keys the last wins, and what is no UTF-8
    /// becomes U+FFFD.
    ///
    /// @throws MalformedException when it is not exactly one JSON value; the message is Go's
    public static JsonNode parse(byte[] text) {
        String spelled = new String(text, StandardCharsets.UTF_8);
        // The parser below would take a byte order mark or NULs for another encoding.
        boolean isForeign = spelled.startsWith("\uFEFF") || spelled.indexOf('\0') >= 0;
        if (isForeign) {
            throw new MalformedException(JsonFlaw.of(spelled, MAX_DEPTH).orElse("not UTF-8"), null);
        }
        byte[] clean = clean(text, spelled);
        try {
            JsonNode tree = parse(clean, 0, clean.length);
            boolean mayBeHalf = spelled.contains("\\ud") || spelled.contains("\\uD");
            return mayBeHalf ? LoneSurrogates.replaced(tree) : tree;
        } catch (MalformedException notJson) {
            throw new MalformedException(JsonFlaw.of(spelled, MAX_DEPTH).orElse(notJson.getMessage()), notJson);
        }
    }

    /// `text` with U+FFFD in the place of what is no UTF-8, for streaming readers.
    public static byte[] utf8(byte[] text) {
        return clean(text, new String(text, StandardCharsets.UTF_8));
    }

    private static byte[] clean(byte[] text, String spelled) {
        // Decoding has put this in the place of what was no UTF-8.
        return spelled.indexOf('\uFFFD') < 0 ? text : spelled.getBytes(StandardCharsets.UTF_8);
    }

    /// As [#parse(byte[])], of a part of `text`.
    public static JsonNode parse(byte[] text, int offset, int length) {
        try {
            JsonNode tree = MAPPER.readTree(text, offset, length);
            if (tree.isMissingNode()) {
                throw new MalformedException("unexpected end of JSON input", null);
            }
            return tree;
        } catch (JacksonException notJson) {
            throw new MalformedException(notJson.getOriginalMessage(), notJson);
        }
    }

    /// The tree that `text` spells.
    public static JsonNode parse(String text) {
        return parse(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Compact UTF-8, keys in the tree's order.
    public static byte[] bytes(JsonNode tree) {
        return MAPPER.writeValueAsBytes(tree);
    }

    /// Indented by two spaces, for people, in the way of Go: `"name": value`, each item on a line of its own.
    public static byte[] prettyBytes(JsonNode tree) {
        return MAPPER.writer().with(PRETTY).writeValueAsBytes(tree);
    }

    /// A new empty object.
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /// A new empty array.
    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /// The mapper itself, for streaming readers and writers; its configuration is fixed.
    public static JsonMapper mapper() {
        return MAPPER;
    }

    /// Text that is not JSON or YAML; the message says what was wrong, without quoting the input.
    public static final class MalformedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /// With the parser's message and, if there was one, its exception.
        public MalformedException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
