package dev.longshore.builder.dockerfile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Reads a Dockerfile: directives, comments, continuation lines, flags, here-documents. Knows no instruction
/// but by the names it is given. Its time is linear in the file. For one file.
public final class DockerfileParser {

    /// What a line may have, in bytes, its end included.
    static final int LONGEST_LINE = 65_535;

    private final Source source;
    private final List<String> raw;
    private final List<String> lines;
    private final Directives directives = new Directives();
    private final List<Line> parsed = new ArrayList<>();
    private final List<Integer> emptyContinuations = new ArrayList<>();
    private List<String> comments = new ArrayList<>();
    private int at;

    private DockerfileParser(String file, String text) {
        this.raw = List.of(text.split("\n", -1));
        this.lines = raw.stream().map(DockerfileParser::withoutReturns).toList();
        this.source = new Source(file, lines);
    }

    /// The instructions of `text`, in order.
    ///
    /// @param file its name, for messages
    /// @param known every keyword there is, in upper case
    /// @throws DockerfileException when it is wrong, at the first wrong line
    public static List<Line> parse(String file, String text, Set<String> known) {
        List<Line> lines = read(file, text).lines();
        for (Line line : lines) {
            if (!known.contains(line.keyword())) {
                throw line.wrong(
                        "unknown instruction: " + line.spelling() + Suggestion.ofAnyCase(line.spelling(), known));
            }
        }
        return lines;
    }

    /// All of `text`; its keywords may be any.
    ///
    /// @param file its name, for messages
    /// @throws DockerfileException when it is wrong, at the first wrong line
    public static Dockerfile read(String file, String text) {
        var parser = new DockerfileParser(file, text.startsWith("\ufeff") ? text.substring(1) : text);
        parser.all();
        return new Dockerfile(
                parser.source,
                parser.directives.all(),
                parser.directives.escape(),
                parser.parsed,
                parser.emptyContinuations);
    }

    private void all() {
        while (hasMore()) {
            String line = GoText.stripLeading(next());
            boolean isDirective = isDirective(line);
            if (isComment(line)) {
                comment(line, isDirective);
            } else if (line.isEmpty()) {
                comments = new ArrayList<>();
            } else {
                instruction(line);
                comments = new ArrayList<>();
            }
        }
        if (parsed.isEmpty()) {
            throw new DockerfileException(source.file(), 0, "file with no instructions");
        }
    }

    private boolean isDirective(String line) {
        try {
            return directives.take(line, at);
        } catch (IllegalArgumentException wrong) {
            throw wrong(at, at, wrong.getMessage());
        }
    }

    /// An empty comment parts what is above it from the instruction below.
    private void comment(String line, boolean isDirective) {
        String text = GoText.strip(line.substring(1));
        if (text.isEmpty()) {
            comments = new ArrayList<>();
        } else if (!isDirective) {
            comments.add(text);
        }
    }

    private void instruction(String first) {
        int number = at;
        var text = new StringBuilder();
        boolean continues = continues(first);
        text.append(continues ? withoutEscape(first) : first);
        boolean hasEmptyLine = false;
        while (continues && hasMore()) {
            String line = next();
            if (isComment(GoText.stripLeading(line))) {
                continue;
            }
            if (GoText.stripLeading(line).isEmpty()) {
                hasEmptyLine = true;
                continue;
            }
            continues = continues(line);
            text.append(continues ? withoutEscape(line) : line);
        }
        if (hasEmptyLine) {
            emptyContinuations.add(at);
        }
        if (!GoText.strip(text.toString()).isEmpty()) {
            parsed.add(line(text.toString(), number));
        }
    }

    private Line line(String original, int number) {
        int end = at;
        String[] parts = GoText.strip(original).split("[\t\u000b\f\r ]+", 2);
        FlagWords.Split split = FlagWords.of(parts.length == 2 ? parts[1] : "");
        var documents = new ArrayList<Line.Heredoc>();
        try {
            for (Heredocs.Announced announced : Heredocs.of(original)) {
                documents.add(document(announced, number, end));
            }
        } catch (IllegalArgumentException unreadable) {
            throw wrong(number, end, unreadable.getMessage());
        }
        return new Line(
                source,
                number,
                at,
                original,
                parts[0],
                split.flags(),
                split.rest(),
                documents,
                directives.escape(),
                comments);
    }

    private Line.Heredoc document(Heredocs.Announced announced, int number, int end) {
        var content = new StringBuilder();
        while (hasMore()) {
            String line = next();
            String candidate = announced.stripsTabs() ? line.replaceFirst("^\t+", "") : line;
            if (candidate.equals(announced.name())) {
                return new Line.Heredoc(
                        announced.name(), content.toString(), announced.isLiteral(), announced.stripsTabs());
            }
            content.append(raw.get(at - 1)).append('\n');
        }
        throw wrong(number, end, "unterminated heredoc: " + announced.name());
    }

    /// Behind the last line feed there is no line.
    private boolean hasMore() {
        return at < lines.size() && !(at == lines.size() - 1 && lines.get(at).isEmpty());
    }

    private String next() {
        String line = lines.get(at++);
        boolean mayBeTooLong = line.length() > LONGEST_LINE / 3;
        if (mayBeTooLong && line.getBytes(StandardCharsets.UTF_8).length >= LONGEST_LINE) {
            throw wrong(at, at, "dockerfile line greater than max allowed size of " + LONGEST_LINE);
        }
        return line;
    }

    private DockerfileException wrong(int first, int last, String why) {
        return new DockerfileException(source, first, last, why, 1, null);
    }

    private static boolean isComment(String stripped) {
        return stripped.startsWith("#");
    }

    private static String withoutReturns(String line) {
        int end = line.length();
        while (end > 0 && line.charAt(end - 1) == '\r') {
            end--;
        }
        return line.substring(0, end);
    }

    /// True if the last character is the escape character, spaces and tabs aside, and the one before it is not.
    private boolean continues(String line) {
        int last = lastVisible(line);
        return last >= 0
                && line.charAt(last) == directives.escape()
                && (last == 0 || line.charAt(last - 1) != directives.escape());
    }

    private static String withoutEscape(String line) {
        return line.substring(0, lastVisible(line));
    }

    private static int lastVisible(String line) {
        int last = line.length() - 1;
        while (last >= 0 && (line.charAt(last) == ' ' || line.charAt(last) == '\t')) {
            last--;
        }
        return last;
    }
}
