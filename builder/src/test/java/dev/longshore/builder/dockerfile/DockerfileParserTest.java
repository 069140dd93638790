package dev.longshore.builder.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerfileParserTest {

    private static final Set<String> KNOWN = Set.of("FROM", "RUN", "COPY", "ENV", "CMD", "LABEL", "ONBUILD");

    @Test
    void linesContinueOverCommentsAndKnowTheirRange() {
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
        assertThat(lines).extracting(Line::spelling).containsExactly("from", "RUN", "CMD");
        assertThat(lines).extracting(Line::number).containsExactly(3, 4, 9);
        assertThat(lines).extracting(Line::lastNumber).containsExactly(3, 8, 9);
        assertThat(lines.get(1).rest()).matches("one && +two +three");
        assertThat(lines.get(2).json()).contains(List.of("a", "b"));
    }

    @Test
    void emptyLinesWithinAnInstructionAreNoted() {
        assertThat(read("FROM a\nRUN x \\\n\n  y\nRUN \\\n# c\n z\n").emptyContinuations())
                .containsExactly(4);
    }

    @Test
    void theEscapeCharacterContinuesUnlessItIsDoubled() {
        assertThat(texts("RUN a \\\\\nRUN b")).containsExactly("RUN a \\\\", "RUN b");
        assertThat(texts("RUN a\\  \t\n b")).containsExactly("RUN a b");
        assertThat(texts("\\\nRUN b")).containsExactly("RUN b");
        assertThat(texts("RUN a \\")).containsExactly("RUN a");
        assertThat(texts("RUN a \\\n# c")).containsExactly("RUN a");
        assertThat(texts("RUN a\\\n\\\n b")).containsExactly("RUN a b");
        assertThat(texts("RUN a\\\n # c\\\n b")).containsExactly("RUN a b");
    }

    private static List<String> texts(String file) {
        return parse(file).stream().map(Line::text).toList();
    }

    @Test
    void theEscapeCharacterCanBeChosen() {
        List<Line> lines = parse("# escape=`\nFROM x\nRUN dir C:\\ `\n  more\n");

        assertThat(lines.get(1).rest()).isEqualTo("dir C:\\   more");
        assertThat(lines.get(1).escape()).isEqualTo('`');
        assertThatThrownBy(() -> parse("# escape=x\nFROM x\n"))
                .hasMessage("Dockerfile:1: invalid escape token 'x' does not match ` or \\");
    }

    @Test
    void directivesStandBeforeEverythingElse() {
        Dockerfile file = read("#syntax=docker/dockerfile:1\n# Escape = `  \n# check=skip=all\nFROM x\n");

        assertThat(file.directive("syntax")).contains("docker/dockerfile:1");
        assertThat(file.directive("check")).contains("skip=all");
        assertThat(file.escape()).isEqualTo('`');
        assertThat(file.lines().getFirst().comments()).isEmpty();
        assertThatThrownBy(() -> read("# syntax=a\n# syntax=b\nFROM x\n"))
                .hasMessage("Dockerfile:2: only one syntax parser directive can be used");
    }

    @ParameterizedTest
    @CsvSource({"FROM x, \\nFROM x", "# note, FROM x", "# other=1, FROM x", "'', FROM x", "#, FROM x"})
    void aDirectiveAfterAnythingElseIsAComment(String before, String after) {
        Dockerfile file = read(before + "\n# escape=`\n" + after.replace("\\n", "\n") + "\nRUN a \\\n b\n");

        assertThat(file.directives()).isEmpty();
        assertThat(file.lines().getLast().rest()).matches("a +b");
    }

    @Test
    void aShebangMayPrecedeTheSyntax() {
        Dockerfile file = read("#!/usr/bin/env build\n# syntax=a\n# escape=`\nFROM x\n");

        assertThat(file.directive("syntax")).contains("a");
        assertThat(file.escape()).isEqualTo('\\');
    }

    @Test
    void marksAndReturnsAtTheEndsDoNotCount() {
        List<Line> lines = parse("\ufeffFROM x\r\nRUN a \\\r\n  b\r\nCOPY <<E /f\r\none\r\nE\r\nRUN c");

        assertThat(lines).extracting(Line::rest).containsExactly("x", "a   b", "<<E /f", "c");
        assertThat(lines.get(2).heredocs().getFirst().content()).isEqualTo("one\r\n");
    }

    @Test
    void flagsComeFirst() {
        Line line =
                parse("COPY --from=build --chown=1:2 --link a b --not-a-flag\n").getFirst();

        assertThat(line.flags())
                .containsExactly(Flag.of("from", "build"), Flag.of("chown", "1:2"), new Flag("link", Optional.empty()));
        assertThat(line.rest()).isEqualTo("a b --not-a-flag");
        assertThat(parse("CMD --help\n").getFirst().flags()).containsExactly(new Flag("help", Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--a=b c | [--a=b] | c",
                "--a='b c' d | [--a=b c] | d",
                "--a=\"b c\"d e | [--a=b cd] | e",
                "--a=b\\ c d | [--a=b c] | d",
                "--a -- --b | [--a] | --b",
                "--a=b | [--a=b] | ``",
                "-a b | [] | -a b",
                "a --b | [] | a --b",
                "-- a | [] | a",
                "--a= b | [--a=] | b",
                "--a='b | [--a=b] | ``",
            })
    void quotesAndEscapesGroupWhatAFlagSays(String written, String flags, String rest) {
        FlagWords.Split split = FlagWords.of(written);

        assertThat(split.flags()).hasToString(flags);
        assertThat(split.rest()).isEqualTo(rest);
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
        assertThat(lines.getFirst().lastNumber()).isEqualTo(5);
        assertThat(lines.getFirst().heredocs())
                .containsExactly(
                        new Line.Heredoc("one", "RUN not an instruction\n", false, false),
                        new Line.Heredoc("two", "\t$LITERAL\n", true, true));
        assertThat(lines.getFirst().heredocs().get(1).content()).isEqualTo("$LITERAL\n");
        assertThatThrownBy(() -> parse("RUN <<EOF\nnever ends\n"))
                .hasMessage("Dockerfile:1: unterminated heredoc: EOF");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "RUN <<EOF | EOF",
                "run <<eof.txt | eof.txt",
                "RUN cat <<A 3<<-B | A,B-",
                "RUN <<'A' <<\"B\" <<C'D' | A!,B!,CD!",
                "RUN <<\\A | A",
                "RUN <<$A | $A",
                "COPY <<a.txt <<b.txt /x | a.txt,b.txt",
                "ADD --chmod=1 <<a /x | a",
                "ONBUILD RUN <<EOF | EOF",
                "ONBUILD COPY <<EOF /x | EOF",
                "RUN echo \"<<EOF\" | ``",
                "RUN echo '<<EOF' | ``",
                "RUN a<<EOF | ``",
                "RUN <<<EOF | ``",
                "RUN << EOF | ``",
                "RUN <<'two words' | two words!",
                "RUN [\"cat\", \"<<EOF\"] | ``",
                "ONBUILD RUN [\"<<EOF\"] | ``",
                "ENV A=<<EOF | ``",
                "CMD <<EOF | ``",
                "RUN echo it's <<EOF | ``",
                "RUN \\<<EOF | ``",
            })
    void onlyAWordOfItsOwnAnnouncesADocument(String line, String expected) {
        String announced = String.join(
                ",",
                Heredocs.of(line).stream()
                        .map(doc -> doc.name() + (doc.isLiteral() ? "!" : "") + (doc.stripsTabs() ? "-" : ""))
                        .toList());

        assertThat(announced).isEqualTo(expected);
    }

    @Test
    void whatJsonIsNotIsAShellForm() {
        assertThat(parse("CMD [ \"a\" , \"b\\n\" ]\n").getFirst().json()).contains(List.of("a", "b\n"));
        assertThat(parse("CMD []\n").getFirst().json()).contains(List.of());
        assertThat(parse("CMD ['a']\n").getFirst().json()).isEmpty();
        assertThat(parse("CMD [\"a\"] x\n").getFirst().json()).isEmpty();
        assertThat(parse("CMD [\"a\",]\n").getFirst().json()).isEmpty();
        assertThat(parse("CMD [ -f x ] && y\n").getFirst().json()).isEmpty();
        assertThatThrownBy(() -> parse("CMD [\"a\", 1]\n").getFirst().json())
                .hasMessage("Dockerfile:1: when using JSON array syntax, arrays must be comprised of strings only");
    }

    @Test
    void commentsBelongToWhatFollowsThemAtOnce() {
        List<Line> lines = parse("""
                # lost

                # kept
                # too
                FROM a
                # over
                #
                # under
                RUN b
                RUN c
                """);

        assertThat(lines)
                .extracting(Line::comments)
                .containsExactly(List.of("kept", "too"), List.of("under"), List.of());
    }

    @Test
    void anUnknownInstructionIsNamedWithItsLineAndANeighbour() {
        assertThatThrownBy(() -> parse("FROM x\nCOYP a b\n"))
                .hasMessage("Dockerfile:2: unknown instruction: COYP (did you mean COPY?)");
        assertThatThrownBy(() -> parse("FROM x\nrunn a b\n"))
                .hasMessage("Dockerfile:2: unknown instruction: runn (did you mean run?)");
        assertThatThrownBy(() -> parse("FROM x\nSOMETHING else\n"))
                .hasMessage("Dockerfile:2: unknown instruction: SOMETHING");
        assertThatThrownBy(() -> parse("# nothing\n")).hasMessage("Dockerfile: file with no instructions");
    }

    @Test
    void anErrorShowsItsLines() {
        String text = "FROM x\n\nRUN a\nRUNN one \\\n  two\nRUN b\nRUN c\n";
        DockerfileException wrong = catchThrowableOfType(DockerfileException.class, () -> parse(text));

        assertThat(wrong.excerpt()).isEqualTo("""
                Dockerfile:4
                --------------------
                   3 |     RUN a
                   4 | >>> RUNN one \\
                   5 | >>>   two
                   6 |     RUN b
                --------------------
                """);
        assertThat(catchThrowableOfType(DockerfileException.class, () -> parse("RUNN\nRUN b\nRUN c\nRUN d"))
                        .excerpt())
                .isEqualTo("""
                Dockerfile:1
                --------------------
                   1 | >>> RUNN
                   2 |     RUN b
                   3 |     RUN c
                --------------------
                """);
        assertThat(new DockerfileException("Dockerfile", 3, "why").excerpt()).isEmpty();
    }

    @Test
    void aLineHasACeiling() {
        assertThat(parse("RUN " + "x".repeat(65_000) + "\n")).hasSize(1);
        assertThatThrownBy(() -> parse("FROM x\nRUN " + "ü".repeat(33_000) + "\n"))
                .hasMessage("Dockerfile:2: dockerfile line greater than max allowed size of 65535");
    }

    @Test
    void theInstructionIsKeptAsItIsWritten() {
        Line line = parse("copy  --from=\"a\" \\\n   x   y\n").getFirst();

        assertThat(line.text()).isEqualTo("copy  --from=\"a\"    x   y");
    }

    private static List<Line> parse(String text) {
        return DockerfileParser.parse("Dockerfile", text, KNOWN);
    }

    private static Dockerfile read(String text) {
        return DockerfileParser.read("Dockerfile", text);
    }
}
