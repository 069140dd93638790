package dev.longshore.builder.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerfileParserTest {

    private static final Set<String> KNOWN = Set.of("FROM", "RUN", "COPY", "ENV", "CMD", "LABEL");

    @Test
    void linesContinueOverCommentsAndKeepTheirFirstNumber() {
        List<Line> lines = parse("""
                # comment

                from busybox
                RUN one && \\
                  # within
                  two \\

                  three
                CMD ["a", "b"]
                """);

        assertThat(lines).extracting(Line::keyword).containsExactly("FROM", "RUN", "CMD");
        assertThat(lines).extracting(Line::number).containsExactly(3, 4, 9);
        assertThat(lines.get(1).rest()).matches("one && +two +three");
        assertThat(lines.get(2).json()).contains(List.of("a", "b"));
    }

    @Test
    void theEscapeCharacterCanBeChosen() {
        List<Line> lines = parse("# escape=`\nFROM x\nRUN dir C:\\ `\n  more\n");

        assertThat(lines.get(1).rest()).isEqualTo("dir C:\\   more");
        assertThatThrownBy(() -> parse("# escape=x\nFROM x\n")).hasMessageStartingWith("Dockerfile:1: invalid escape");
    }

    @Test
    void aDirectiveAfterAnInstructionIsAComment() {
        assertThat(parse("FROM x\n# escape=`\nRUN a \\\n b\n").get(1).rest()).matches("a +b");
    }

    @Test
    void flagsComeFirst() {
        Line line =
                parse("COPY --from=build --chown=1:2 --link a b --not-a-flag\n").getFirst();

        assertThat(line.flags())
                .containsExactly(Flag.of("from", "build"), Flag.of("chown", "1:2"), new Flag("link", Optional.empty()));
        assertThat(line.rest()).isEqualTo("a b --not-a-flag");
        assertThat(parse("CMD --help\n").getFirst().rest()).isEqualTo("--help");
    }

    @Test
    void documentsFollowTheLineThatAnnouncesThem() {
        List<Line> lines = parse("""
                COPY <<one <<-"two" /dir/
                RUN not an instruction
                one
                \t$LITERAL
                \ttwo
                RUN after
                """);

        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst().heredocs())
                .containsExactly(
                        new Line.Heredoc("one", "RUN not an instruction\n", false, false),
                        new Line.Heredoc("two", "\t$LITERAL\n", true, true));
        assertThatThrownBy(() -> parse("RUN <<EOF\nnever ends\n"))
                .hasMessage("Dockerfile:1: unterminated heredoc: EOF");
    }

    @Test
    void anUnknownInstructionIsNamedWithItsLineAndANeighbour() {
        assertThatThrownBy(() -> parse("FROM x\nCOYP a b\n"))
                .hasMessage("Dockerfile:2: unknown instruction: COYP (did you mean COPY?)");
        assertThatThrownBy(() -> parse("FROM x\nSOMETHING else\n"))
                .hasMessage("Dockerfile:2: unknown instruction: SOMETHING");
        assertThatThrownBy(() -> parse("# nothing\n")).hasMessage("Dockerfile: file with no instructions");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "$A | a",
                "${A}b | ab",
                "$AB | ''",
                "x$A-$B | xa-b c",
                "${N:-none} | none",
                "${E:-none} | none",
                "${E-none} | ''",
                "${A:+set} | set",
                "${E:+set} | ''",
                "${N:-$A} | a",
                "${N:-${A}x} | ax",
                "\\$A | $A",
                "'$A' | $A",
                "\"$A x\" | a x",
                "\"a\\\"b\" | a\"b",
                "${A:?wrong} | a",
                "$ | $"
            })
    void variablesExpand(String word, String expected) {
        String wanted = expected.equals("''") ? "" : expected;

        assertThat(Words.expand(word, '\\', Map.of("A", "a", "B", "b c", "E", "")))
                .isEqualTo(wanted);
    }

    @Test
    void whatCannotExpandSaysWhy() {
        assertThatThrownBy(() -> Words.expand("${A:?is wanted}", '\\', Map.of()))
                .hasMessage("A: is wanted");
        assertThatThrownBy(() -> Words.expand("${A", '\\', Map.of())).hasMessageContaining("bad substitution");
        assertThatThrownBy(() -> Words.expand("'a", '\\', Map.of())).hasMessageContaining("single-quote");
    }

    @Test
    void wordsKeepTogetherWhatIsQuoted() {
        assertThat(Words.split("a=\"b c\"  d\\ e 'f g'", '\\')).containsExactly("a=\"b c\"", "d\\ e", "'f g'");
    }

    private static List<Line> parse(String text) {
        return DockerfileParser.parse("Dockerfile", text, KNOWN);
    }
}
