package dev.longshore.builder.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a Dockerfile: directives, comments, continuation lines, flags, here-documents. Knows no instruction
/// but by the names it is given. For one file.
public final class DockerfileParser {

    private static final Pattern DIRECTIVE = Pattern.compile("^#\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+?)\\s*$");
    private static final Pattern INSTRUCTION = Pattern.compile("^(\\S+)(?:\\s+(.*))?$", Pattern.DOTALL);
    private static final Pattern HEREDOC = Pattern.compile("(?<![<\\w])<<(-?)(['\"]?)([A-Za-z_][A-Za-z0-9_.]*)\\2");
    private static final Set<String> WITH_DOCUMENTS = Set.of("RUN", "COPY", "ADD");
    private static final Set<String> WITH_FLAGS = Set.of("FROM", "RUN", "COPY", "ADD", "HEALTHCHECK");

    private final Source source;
    private final String file;
    private final List<String> lines;
    private final Set<String> known;
    private char escape = '\\';
    private int at;

    private DockerfileParser(String file, String text, Set<String> known) {
        this.file = file;
        this.lines = text.lines().toList();
        this.source = new Source(file, lines);
        this.known = known;
    }

    /// The instructions of `text`, in order.
    ///
    /// @param file its name, for messages
    /// @param known every keyword there is, in upper case
    /// @throws DockerfileException when it is wrong, at the first wrong line
    public static List<Line> parse(String file, String text, Set<String> known) {
        return new DockerfileParser(file, text.startsWith("\ufeff") ? text.substring(1) : text, known).all();
    }

    private List<Line> all() {
        directives();
        var parsed = new ArrayList<Line>();
        while (at < lines.size()) {
            String line = lines.get(at).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                at++;
            } else {
                parsed.add(instruction());
            }
        }
        if (parsed.isEmpty()) {
            throw new DockerfileException(file, 0, "file with no instructions");
        }
        return List.copyOf(parsed);
    }

    private void directives() {
        while (at < lines.size()) {
            Matcher directive = DIRECTIVE.matcher(lines.get(at).strip());
            if (!directive.matches()) {
                return;
            }
            if (directive.group(1).equalsIgnoreCase("escape")) {
                String wanted = directive.group(2);
                if (!wanted.equals("\\") && !wanted.equals("`")) {
                    throw new DockerfileException(
                            file, at + 1, "invalid escape token '" + wanted + "' does not match ` or \\");
                }
                escape = wanted.charAt(0);
            }
            at++;
        }
    }

    private Line instruction() {
        int number = at + 1;
        Matcher parts = INSTRUCTION.matcher(logicalLine());
        if (!parts.matches()) {
            throw new DockerfileException(file, number, "not an instruction");
        }
        String keyword = parts.group(1).toUpperCase(Locale.ROOT);
        if (!known.contains(keyword)) {
            throw new DockerfileException(
                    file,
                    number,
                    "unknown instruction: " + parts.group(1) + Suggestion.ofAnyCase(parts.group(1), known));
        }
        String rest = parts.group(2) == null ? "" : parts.group(2).strip();
        FlagWords.Split split =
                WITH_FLAGS.contains(keyword) ? FlagWords.of(rest) : new FlagWords.Split(List.of(), rest);
        List<Line.Heredoc> documents = WITH_DOCUMENTS.contains(keyword) ? documents(split.rest(), number) : List.of();
        return new Line(source, number, at, parts.group(1), split.flags(), split.rest(), documents, escape, List.of());
    }

    private String logicalLine() {
        var text = new StringBuilder();
        boolean continues = true;
        while (continues && at < lines.size()) {
            String line = lines.get(at++);
            String bare = line.strip();
            if (!text.isEmpty() && (bare.isEmpty() || bare.startsWith("#"))) {
                continue;
            }
            String trimmed = line.stripTrailing();
            continues = endsWithEscape(trimmed);
            text.append(continues ? trimmed.substring(0, trimmed.length() - 1) : line);
        }
        return text.toString().strip();
    }

    private boolean endsWithEscape(String line) {
        int count = 0;
        while (count < line.length() && line.charAt(line.length() - 1 - count) == escape) {
            count++;
        }
        return count % 2 == 1;
    }

    private List<Line.Heredoc> documents(String rest, int number) {
        var documents = new ArrayList<Line.Heredoc>();
        if (rest.startsWith("[")) {
            return documents;
        }
        Matcher announced = HEREDOC.matcher(rest);
        while (announced.find()) {
            boolean tabsGo = !announced.group(1).isEmpty();
            String name = announced.group(3);
            var content = new StringBuilder();
            boolean isOpen = true;
            while (isOpen) {
                if (at == lines.size()) {
                    throw new DockerfileException(file, number, "unterminated heredoc: " + name);
                }
                String line = lines.get(at++);
                String cut = tabsGo ? line.replaceFirst("^\t+", "") : line;
                isOpen = !cut.equals(name);
                if (isOpen) {
                    content.append(line).append('\n');
                }
            }
            documents.add(new Line.Heredoc(
                    name, content.toString(), !announced.group(2).isEmpty(), tabsGo));
        }
        return documents;
    }
}
