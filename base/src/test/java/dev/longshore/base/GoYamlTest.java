package dev.longshore.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `sigs.k8s.io/yaml` 1.6 read and wrote, recorded.
class GoYamlTest {

    @ParameterizedTest
    @ValueSource(strings = {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "!!bool y"})
    void yesIsTrue(String text) {
        assertThat(read(text)).isEqualTo("true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
    void noIsFalse(String text) {
        assertThat(read(text)).isEqualTo("false");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yEs",
                "tRue",
                "nULL",
                "0o8",
                "0x",
                "0b",
                "0b2",
                "1:20",
                "2001-01-01",
                "1e400",
                "._1",
                "_1",
                "1.2.3",
                "1e",
                "e1",
                "=",
                "+",
                "2001-12-14t21:59:43.10-05:00"
            })
    void whatIsNothingElseIsItself(String text) {
        assertThat(read(text)).isEqualTo('"' + text + '"');
    }

    @ParameterizedTest
    @CsvSource({
        "017,15",
        "0o17,15",
        "0x1F,31",
        "0b101,5",
        "-0b101,-5",
        "08,8",
        "09.5,9.5",
        "1_000,1000",
        "+12,12",
        "-12,-12",
        "1e3,1000",
        "1.5,1.5",
        "1.,1",
        "-.5,-0.5",
        ".5,0.5",
        ".5e3,500",
        "1__0,10",
        "-017,-15",
        "+0x1f,31",
        "0X1f,31",
        "0B1,1",
        "0O7,7",
        "0.0,0",
        "-0,0",
        "1E5,100000",
        "9223372036854775807,9223372036854775807",
        "9223372036854775808,9223372036854775808",
        "18446744073709551615,18446744073709551615",
        "18446744073709551616,18446744073709552000",
        "-9223372036854775809,-9223372036854776000",
        "!!float 1,1",
        "!!int 3,3",
        "~,null",
        "Null,null"
    })
    void numbersAreReadInAllTheirSpellings(String text, String value) {
        assertThat(read(text)).isEqualTo(value);
    }

    @Test
    void whatIsInQuotesIsAText() {
        assertThat(read("\"yes\"")).isEqualTo("\"yes\"");
        assertThat(read("'no'")).isEqualTo("\"no\"");
        assertThat(read("!!str on")).isEqualTo("\"on\"");
        assertThat(read("<<")).isEqualTo("\"<<\"");
    }

    @Test
    void keysAreReadTheSameWay() {
        assertThat(Yaml.parseAsGo("on: 1\n0x10: 2\nno: 3\n"))
                .isEqualTo(Json.parse("{\"true\":1,\"16\":2,\"false\":3}"));
        assertThat(Yaml.parseAsGo("a: &x {b: 1}\nc:\n  <<: *x\n  d: 2"))
                .isEqualTo(Json.parse("{\"a\":{\"b\":1},\"c\":{\"b\":1,\"d\":2}}"));
    }

    @ParameterizedTest
    @CsvSource({
        ".inf,json: unsupported value: +Inf",
        "-.INF,json: unsupported value: -Inf",
        ".nan,json: unsupported value: NaN",
        "!!int x,yaml: cannot decode !!str `x` as a !!int",
        "!!null x,yaml: cannot decode !!str `x` as a !!null"
    })
    void whatHasNoValueIsRefused(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(Json.MalformedException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yes",
                "y",
                "on",
                "No",
                "null",
                "~",
                "",
                "1",
                "1_000",
                "017",
                "1:20",
                "1:20:30.5",
                "2001-01-01",
                "0b1",
                "0x1",
                "1e3",
                ".5",
                "true",
                "0o7",
                "08",
                ".inf",
                "1.",
                "+1",
                "2001-01-01T00:00:00Z"
            })
    void whatWouldBeReadAsSomethingElseIsWrittenInQuotes(String text) {
        assertThat(Yaml.print(Json.object().put("k", text))).isEqualTo("k: \"" + text + "\"\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain text", "a,b", "x]", "_1", "NaN", "~x", ":x", "a\\b", "é", "="})
    void whatNeedsNoQuotesGetsNone(String text) {
        assertThat(Yaml.print(Json.object().put("k", text))).isEqualTo("k: " + text + "\n");
    }

    @Test
    void severalLinesAreWrittenAsSuch() {
        assertThat(Yaml.print(Json.object().put("k", "two\nlines"))).isEqualTo("k: |-\n  two\n  lines\n");
        assertThat(Yaml.print(Json.object().put("k", "two\nlines\n"))).isEqualTo("k: |\n  two\n  lines\n");
    }

    @Property
    void whatIsWrittenIsReadAgain(@ForAll String text) {
        var tree = Json.object().put("k", text.replaceAll("[^\\x20-\\x7e\\n]", "?"));

        assertThat(Yaml.parseAsGo(Yaml.print(tree))).isEqualTo(tree);
    }

    private static String read(String text) {
        return new String(Json.bytes(Yaml.parseAsGo("a: " + text + "\n").path("a")), StandardCharsets.UTF_8);
    }
}
