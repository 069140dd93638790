package dev.longshore.builder.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WordsTest {

    private static final Map<String, String> VARIABLES = new LinkedHashMap<>();

    private record Case(String mode, String written, String expected) {}

    static List<Case> cases() throws IOException {
        var cases = new ArrayList<Case>();
        String mode = "";
        try (InputStream table = WordsTest.class.getResourceAsStream("expansions.tsv")) {
            for (String line : new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                String[] columns = line.split("\t", -1);
                if (columns.length == 2) {
                    cases.add(new Case(mode, columns[0], columns[1]));
                } else if (line.startsWith("MODE ")) {
                    mode = line.substring("MODE ".length());
                } else if (line.startsWith("ENV ")) {
                    String[] pair = line.substring("ENV ".length()).split("=", 2);
                    VARIABLES.put(pair[0], pair[1]);
                }
            }
        }
        assertThat(cases).hasSizeGreaterThan(250);
        return cases;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aTableOfCasesExpandsAsWritten(Case example) {
        if (example.expected().startsWith("!")) {
            assertThatThrownBy(() -> expand(example))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(example.expected().substring(1));
        } else {
            assertThat(expand(example)).isEqualTo(example.expected());
        }
    }

    private static String expand(Case example) {
        String text = example.written();
        return switch (example.mode()) {
            case "word" -> Words.expand(text, '\\', VARIABLES);
            case "backtick" -> Words.expand(text, '`', VARIABLES);
            case "document" -> Words.expandDocument(text, VARIABLES);
            case "words" -> String.join("¦", Words.expandToWords(text, '\\', VARIABLES));
            case "reluctant" ->
                Lex.read(text, new Lex.Style('\\', true, false, true, false), VARIABLES)
                        .text();
            default -> throw new AssertionError(example);
        };
    }

    @Test
    void aDocumentMayHaveManyLines() {
        assertThat(Words.expandDocument("a=$A\n\\\nb='$A'\n", Map.of("A", "1"))).isEqualTo("a=1\n\nb='1'\n");
    }

    @Test
    void whatIsUsedAndWhatIsMissingIsKnown() {
        Words.Expansion expansion =
                Words.trace("$A ${B:-$C} '$D' ${E+${F}} ${A#$G}", '\\', Map.of("A", "a", "C", "", "E", "e"));

        assertThat(expansion.text()).isEqualTo("a  $D  a");
        assertThat(expansion.matched()).containsExactlyInAnyOrder("A", "C", "E");
        assertThat(expansion.unmatched()).containsExactlyInAnyOrder("B", "F", "G");
    }

    @Test
    void replacementsOfAllMayNameTheMatch() {
        Map<String, String> variables = Map.of("V", "a-b", "R", "<$0>", "D", "$$", "N", "[$x]");

        assertThat(Words.expand("${V//?/$R}", '\\', variables)).isEqualTo("<a><-><b>");
        assertThat(Words.expand("${V//-/$D}", '\\', variables)).isEqualTo("a$b");
        assertThat(Words.expand("${V//-/$N}", '\\', variables)).isEqualTo("a[]b");
        assertThat(Words.expand("${V/-/$R}", '\\', variables)).isEqualTo("a<$0>b");
    }

    @Test
    void wildcardsStayWithinALine() {
        Map<String, String> variables = Map.of("V", "ab\ncd");

        assertThat(Words.expand("${V#*d}", '\\', variables)).isEqualTo("ab\ncd");
        assertThat(Words.expand("${V//*/x}", '\\', variables)).isEqualTo("x\nx");
    }

    @Test
    void hostilePatternsCostLittle() {
        String value = "a".repeat(20_000);
        String pattern = "*a".repeat(500) + "b";

        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThat(Words.expand("${V##" + pattern + "}", '\\', Map.of("V", value)))
                        .isEqualTo(value));
        assertThatThrownBy(() -> Words.expand("${V#" + "?".repeat(60_000) + "}", '\\', Map.of("V", value)))
                .hasMessageContaining("too long");
        assertThatThrownBy(() -> Words.expand("${A:-".repeat(5_000), '\\', Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void wordsKeepTogetherWhatIsQuoted() {
        assertThat(Words.split("a=\"b c\"  d\\ e 'f g'", '\\')).containsExactly("a=\"b c\"", "d\\ e", "'f g'");
        assertThat(Words.split("a='x y\" b' \"c \\\" d\" `", '`')).containsExactly("a='x y\" b'", "\"c \\\"", "d\" ");
        assertThat(Words.split("\u00a0a\u00a0", '\\')).containsExactly("a");
        assertThat(Words.fields(" \"a b\" 'c ")).containsExactly("\"a", "b\"", "'c");
    }
}
