package dev.longshore.builder.dockerfile;

import java.util.List;

/// A Dockerfile as it is written, for messages that show it.
///
/// @param file its name
/// @param lines its lines, without what ends them
public record Source(String file, List<String> lines) {

    private static final String RULE = "\n--------------------\n";
    private static final int LONGEST_EXCERPT = 40;
    private static final int LONGEST_LINE = 400;

    public Source {
        lines = List.copyOf(lines);
    }

    /// The file called `file` with `text`.
    public static Source of(String file, String text) {
        return new Source(
                file,
                List.of(text.split("\n", -1)).stream()
                        .map(line -> line.endsWith("\r") ? line.substring(0, line.length() - 1) : line)
                        .toList());
    }

    /// Of text that lines are made from elsewhere than in a file.
    static Source nameOnly(String file) {
        return new Source(file, List.of());
    }

    /// Lines `first` to `last` (from 1), numbered and marked with `>>>`, and a few around them: two if it is one
    /// line, else one; as BuildKit shows them.
    ///
    /// ```
    /// Dockerfile:2
    /// --------------------
    ///    1 |     FROM busybox
    ///    2 | >>> RUNN true
    ///    3 |
    /// --------------------
    /// ```
    ///
    /// Empty if there is no such line. Long lines are cut, and so is a long excerpt.
    public String excerpt(int first, int last) {
        if (first < 1 || first > lines.size()) {
            return "";
        }
        int end = Math.min(Math.max(first, last), lines.size());
        int margin = end == first ? 2 : 1;
        int from = Math.max(1, first - margin);
        int to = Math.min(Math.min(lines.size(), end + margin), from + LONGEST_EXCERPT);
        var text = new StringBuilder(file).append(':').append(first).append(RULE);
        for (int number = from; number <= to; number++) {
            boolean isMeant = number >= first && number <= end;
            text.append(" %3d | %s ".formatted(number, isMeant ? ">>>" : "   "))
                    .append(cut(lines.get(number - 1)))
                    .append('\n');
        }
        return text.append(RULE.substring(1)).toString();
    }

    /// Something is wrong at line `number` (0: with the file as a whole).
    public DockerfileException wrong(int number, String why) {
        return new DockerfileException(this, number, number, why, 1, null);
    }

    private static String cut(String line) {
        return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "…";
    }
}
