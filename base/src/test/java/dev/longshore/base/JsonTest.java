package dev.longshore.base;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class JsonTest {

    @Test
    void saysWhatIsWrongInTheWordsOfGo() {
        Map.ofEntries(
                        Map.entry("", "unexpected end of JSON input"),
                        Map.entry("  ", "unexpected end of JSON input"),
                        Map.entry("{\"a\":", "unexpected end of JSON input"),
                        Map.entry("not json", "invalid character 'o' in literal null (expecting 'u')"),
                        Map.entry("hello", "invalid character 'h' looking for beginning of value"),
                        Map.entry("{a:1}", "invalid character 'a' looking for beginning of object key string"),
                        Map.entry("{\"a\" 1}", "invalid character '1' after object key"),
                        Map.entry("{\"a\":1 \"b\"}", "invalid character '\"' after object key:value pair"),
                        Map.entry("{\"a\":1,}", "invalid character '}' looking for beginning of object key string"),
                        Map.entry("[1 2]", "invalid character '2' after array element"),
                        Map.entry("[1,]", "invalid character ']' looking for beginning of value"),
                        Map.entry("{} x", "invalid character 'x' after top-level value"),
                        Map.entry("{}{}", "invalid character '{' after top-level value"),
                        Map.entry("01", "invalid character '1' after top-level value"),
                        Map.entry("-x", "invalid character 'x' in numeric literal"),
                        Map.entry("1.x", "invalid character 'x' after decimal point in numeric literal"),
                        Map.entry("1ex", "invalid character 'x' in exponent of numeric literal"),
                        Map.entry("\"\\x\"", "invalid character 'x' in string escape code"),
                        Map.entry("\"\\u00g0\"", "invalid character 'g' in \\u hexadecimal character escape"),
                        Map.entry("\"a\nb\"", "invalid character '\\n' in string literal"),
                        Map.entry("\"a\0b\"", "invalid character '\\x00' in string literal"),
                        Map.entry("\uFEFF{}", "invalid character 'ï' looking for beginning of value"),
                        Map.entry("'a'", "invalid character '\\'' looking for beginning of value"),
                        Map.entry("[".repeat(100_000), "exceeded max depth"))
                .forEach((text, message) -> assertThatThrownBy(() -> Json.parse(text.getBytes(UTF_8)))
                        .as(text.length() > 20 ? "deep" : text)
                        .isInstanceOf(Json.MalformedException.class)
                        .hasMessage(message));
    }

    @Test
    void replacesWhatIsNoUnicode() {
        byte[] broken = "{\"a\":\"x\u00ff\u00fey\"}".getBytes(ISO_8859_1);

        assertThat(Json.parse(broken).path("a").asString()).isEqualTo("x\uFFFD\uFFFDy");
        assertThat(Json.parse("\"\\ud800x\"").asString()).isEqualTo("\uFFFDx");
        assertThat(Json.parse("{\"a\":[\"\\ud83d\\ude00\",\"\\ud83d\"]}").toString())
                .isEqualTo("{\"a\":[\"😀\",\"\uFFFD\"]}");
        byte[] surrogate = {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'};
        assertThat(new String(Json.bytes(Json.parse(surrogate)), UTF_8)).contains("\uFFFD");
    }

    @Test
    void readsNoOtherEncoding() {
        assertThatThrownBy(() -> Json.parse("{\"a\":1}".getBytes(UTF_16))).isInstanceOf(Json.MalformedException.class);
    }

    /// Whatever comes: it is refused in our own words, or it can be written again.
    @Property
    void writesWhateverItReads(@ForAll byte[] bytes, @ForAll String text) {
        for (byte[] each : new byte[][] {bytes, text.getBytes(UTF_8), quoted(bytes)}) {
            try {
                JsonNode tree = Json.parse(each);
                assertThat(Json.parse(Json.bytes(tree))).isEqualTo(tree);
            } catch (Json.MalformedException refused) {
                assertThat(refused.getMessage()).isNotEmpty();
            }
        }
    }

    private static byte[] quoted(byte[] bytes) {
        byte[] quoted = new byte[bytes.length + 2];
        System.arraycopy(bytes, 0, quoted, 1, bytes.length);
        quoted[0] = '"';
        quoted[quoted.length - 1] = '"';
        return quoted;
    }
}
