package dev.longshore.builder.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.builder.checks.Checks;
import dev.longshore.builder.checks.Outline;
import dev.longshore.builder.checks.Surroundings;
import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.graph.Platforms;
import dev.longshore.images.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// What holds for any text.
class LanguagePropertyTest {

    private static final Platform AMD64 = Platform.parse("linux/amd64");
    private static final Surroundings PLAIN = Surroundings.plain(new Platforms(AMD64, AMD64));
    private static final Map<String, String> VARIABLES = Map.of("A", "a*/b", "b", "", "EOF", "$A");

    @Property(tries = 2000)
    void whateverIsReadIsReadOrRefused(@ForAll("files") String text) {
        try {
            Dockerfile file = DockerfileParser.read("Dockerfile", text);
            assertThat(file.lines()).isNotEmpty();
            for (Line line : file.lines()) {
                assertThat(line.number()).isBetween(1, line.lastNumber());
                assertThat(line.source().excerpt(line.number(), line.lastNumber()))
                        .contains(">>>");
            }
            Checks.of(file, PLAIN).json();
            Outline.of(file, PLAIN).text();
        } catch (DockerfileException refused) {
            assertThat(refused.getMessage()).startsWith("Dockerfile");
        }
    }

    @Property(tries = 1000)
    void checksNeverThrow(@ForAll("files") String text) {
        assertThat(Checks.of("Dockerfile", text, PLAIN).text()).startsWith("Check complete");
    }

    @Property(tries = 2000)
    void whatIsReadAndWrittenIsReadAgain(@ForAll("files") String text) {
        Dockerfile first;
        try {
            first = DockerfileParser.read("Dockerfile", text);
        } catch (DockerfileException refused) {
            return;
        }
        Dockerfile second = DockerfileParser.read("Dockerfile", written(first));

        assertThat(second.lines()).hasSameSizeAs(first.lines());
        for (int i = 0; i < first.lines().size(); i++) {
            assertThat(parts(second.lines().get(i)))
                    .isEqualTo(parts(first.lines().get(i)));
        }
    }

    /// An empty comment keeps a first line that looks like a directive from being one. A vertical tab, which is space
    /// but does not let a line continue, follows an escape character that the end of the file left at a line's end.
    private static String written(Dockerfile file) {
        var text = new StringBuilder(file.escape() == '`' ? "# escape=`\n#\n" : "#\n");
        for (Line line : file.lines()) {
            text.append(line.original());
            if (GoText.strip(line.original()).endsWith(String.valueOf(file.escape()))) {
                text.append('\u000b');
            }
            text.append('\n');
            for (Line.Heredoc document : line.heredocs()) {
                text.append(document.raw()).append(document.name()).append('\n');
            }
        }
        return text.toString();
    }

    @Example
    void anEscapeCharacterThatTheEndOfTheFileLeavesIsPartOfTheLine() {
        whatIsReadAndWrittenIsReadAgain("FROM \\ \\\n\nx\n");
        whatIsReadAndWrittenIsReadAgain("FROM \\ \\\n");

        assertThat(DockerfileParser.read("Dockerfile", "FROM \\ \\\n")
                        .lines()
                        .getFirst()
                        .rest())
                .isEqualTo("\\");
    }

    private static List<Object> parts(Line line) {
        return List.of(line.keyword(), line.flags(), line.rest(), line.heredocs());
    }

    @Property(tries = 1000)
    void breakingLinesChangesNothing(
            @ForAll("instructions") List<String> words, @ForAll("breaks") List<String> breaks) {
        var broken = new StringBuilder();
        for (int i = 0; i < words.size(); i++) {
            broken.append(i == 0 ? "" : " ").append(words.get(i));
            if (i < words.size() - 1 && i < breaks.size()) {
                broken.append(breaks.get(i));
            }
        }
        Line whole = DockerfileParser.read("x", String.join(" ", words)).lines().getFirst();
        Line inPieces = DockerfileParser.read("x", broken + "\n").lines().getFirst();

        assertThat(inPieces.keyword()).isEqualTo(whole.keyword());
        assertThat(inPieces.flags()).isEqualTo(whole.flags());
        assertThat(inPieces.fields()).isEqualTo(whole.fields());
    }

    @Property(tries = 3000)
    void wordsExpandOrAreRefused(@ForAll("words") String word) {
        for (char escape : new char[] {'\\', '`'}) {
            try {
                Words.Expansion expansion = Words.trace(word, escape, VARIABLES);
                assertThat(expansion.text()).isEqualTo(Words.expand(word, escape, VARIABLES));
                assertThat(expansion.matched()).isSubsetOf(VARIABLES.keySet());
                assertThat(expansion.unmatched()).doesNotContainAnyElementsOf(VARIABLES.keySet());
                assertThat(String.join("", Words.expandToWords(word, escape, VARIABLES)))
                        .hasSizeLessThanOrEqualTo(expansion.text().length());
            } catch (IllegalArgumentException refused) {
                assertThat(refused.getMessage()).startsWith("failed to process ");
            }
        }
    }

    @Property
    void plainTextStaysAsItIs(@ForAll("plain") String text) {
        assertThat(Words.expand(text, '\\', VARIABLES)).isEqualTo(text);
        assertThat(Words.expandDocument(text, VARIABLES)).isEqualTo(text);
        assertThat(Words.expand("'" + text + "'", '\\', VARIABLES)).isEqualTo(text);
        assertThat(Words.expand("\"" + text + "\"", '\\', VARIABLES)).isEqualTo(text);
        assertThat(Words.expand("${X:-" + text + "}", '\\', VARIABLES)).isEqualTo(text);
    }

    @Property(tries = 3000)
    void patternsMatchAsRegularExpressionsDo(@ForAll("patterns") String pattern, @ForAll("values") String value) {
        String regex = pattern.replace("*", ".*").replace("?", ".");
        Map<String, String> variables = Map.of("V", value, "P", pattern);

        Matcher prefix = Pattern.compile(regex, Pattern.UNIX_LINES).matcher(value);
        assertThat(Words.expand("${V##$P}", '\\', variables))
                .isEqualTo(prefix.lookingAt() ? value.substring(prefix.end()) : value);
        Matcher shortest =
                Pattern.compile(regex.replace(".*", ".*?"), Pattern.UNIX_LINES).matcher(value);
        assertThat(Words.expand("${V#$P}", '\\', variables))
                .isEqualTo(shortest.lookingAt() ? value.substring(shortest.end()) : value);
        Matcher suffix = Pattern.compile("^([\\s\\S]*?)" + regex.replace(".*", "[^\\n]*") + "\\z", Pattern.UNIX_LINES)
                .matcher(value);
        assertThat(Words.expand("${V%%$P}", '\\', variables)).isEqualTo(suffix.find() ? suffix.group(1) : value);
        assertThat(Words.expand("${V/$P/<>}", '\\', variables))
                .isEqualTo(Pattern.compile(regex, Pattern.UNIX_LINES)
                        .matcher(value)
                        .replaceFirst("<>"));
    }

    @Property(tries = 1000)
    void oneInstructionIsReadOrRefused(@ForAll("instructionLines") String text) {
        try {
            for (Line line : DockerfileParser.read("Dockerfile", text).lines()) {
                assertThat(Commands.read(line).line().source()).isSameAs(line.source());
            }
        } catch (DockerfileException refused) {
            assertThat(refused.line()).isNotNegative();
        }
    }

    @Provide
    Arbitrary<String> files() {
        return HostileTexts.files();
    }

    @Provide
    Arbitrary<String> words() {
        return HostileTexts.texts(12);
    }

    @Provide
    Arbitrary<String> instructionLines() {
        return Combinators.combine(
                        Arbitraries.of(
                                "RUN ",
                                "COPY ",
                                "ADD ",
                                "ENV ",
                                "ARG ",
                                "FROM ",
                                "EXPOSE ",
                                "HEALTHCHECK ",
                                "ONBUILD "),
                        HostileTexts.texts(10))
                .as((keyword, rest) -> keyword + rest + "\n");
    }

    @Provide
    Arbitrary<String> plain() {
        return Arbitraries.strings()
                .withChars("abcXYZ019 ._:/=-+@~^,;|&()[]<>!*?#%äß")
                .ofMaxLength(20);
    }

    @Provide
    Arbitrary<String> patterns() {
        return Arbitraries.strings().withChars("ab*?").ofMaxLength(6);
    }

    @Provide
    Arbitrary<String> values() {
        return Arbitraries.strings().withChars("ab\n").ofMaxLength(8);
    }

    @Provide
    Arbitrary<List<String>> instructions() {
        return Arbitraries.strings()
                .withChars("abc./=-$:")
                .ofMinLength(1)
                .ofMaxLength(8)
                .list()
                .ofMaxSize(8)
                .map(rest -> {
                    var words = new ArrayList<>(List.of("RUN", "--network=none"));
                    words.addAll(rest);
                    return words;
                });
    }

    @Provide
    Arbitrary<List<String>> breaks() {
        return Arbitraries.of("", " \\\n", "\\\n ", " \\ \t\n  ", " \\\n# comment\n", " \\\n  # \\\n\n", " \\\r\n")
                .list()
                .ofMaxSize(8);
    }
}
