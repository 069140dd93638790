package dev.longshore.base;

import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/// Writes JSON trees byte for byte as Go's `encoding/json` does: `<`, `>`, `&`, U+2028 and U+2029 are escaped, so that
/// a page may hold the text, and escapes have small digits. What programs in Go answer and take digests of looks so.
/// Thread-safe.
public final class GoJson {

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .characterEscapes(new Escapes())
                    .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
                    .build())
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private GoJson() {}

    /// Compact UTF-8, keys in the tree's order, without a line break at the end.
    public static byte[] bytes(JsonNode tree) {
        return MAPPER.writeValueAsBytes(tree);
    }

    /// Indented by two spaces, as `json.MarshalIndent` does it.
    public static byte[] prettyBytes(JsonNode tree) {
        return MAPPER.writer().with(Json.PRETTY).writeValueAsBytes(tree);
    }

    private static final class Escapes extends CharacterEscapes {
        private static final long serialVersionUID = 1L;
        private static final char LINE_SEPARATOR = '\u2028';
        private static final char PARAGRAPH_SEPARATOR = '\u2029';

        private final int[] ascii = standardAsciiEscapesForJSON();
        private final SerializableString line = new SerializedString("\\u2028");
        private final SerializableString paragraph = new SerializedString("\\u2029");

        Escapes() {
            for (char each : new char[] {'<', '>', '&'}) {
                ascii[each] = ESCAPE_STANDARD;
            }
        }

        @Override
        public int[] getEscapeCodesForAscii() {
            return ascii.clone();
        }

        @Override
        public SerializableString getEscapeSequence(int character) {
            return switch (character) {
                case LINE_SEPARATOR -> line;
                case PARAGRAPH_SEPARATOR -> paragraph;
                default -> null;
            };
        }
    }
}
