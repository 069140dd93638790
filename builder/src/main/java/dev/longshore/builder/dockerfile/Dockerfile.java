package dev.longshore.builder.dockerfile;

import java.util.List;
import java.util.Optional;

/// A Dockerfile that has been read: its directives and its instructions.
///
/// @param escape `\` or a backtick
/// @param lines its instructions, in order; at least one
/// @param emptyContinuations numbers of the lines that end an instruction which has empty lines within it
public record Dockerfile(
        Source source, List<Directive> directives, char escape, List<Line> lines, List<Integer> emptyContinuations) {

    public Dockerfile {
        directives = List.copyOf(directives);
        lines = List.copyOf(lines);
        emptyContinuations = List.copyOf(emptyContinuations);
    }

    /// `# name=value` before the first instruction.
    ///
    /// @param name in lower case: `syntax`, `escape` or `check`
    public record Directive(String name, String value, int number) {

        /// What `comment`, without its `#`, says if it is written as a directive, wherever it stands.
        public static Optional<Directive> read(String comment) {
            return Directives.read("#" + comment, 0);
        }
    }

    /// What the directive `name` says, if it is there.
    public Optional<String> directive(String name) {
        return directives.stream()
                .filter(directive -> directive.name().equals(name))
                .map(Directive::value)
                .findFirst();
    }
}
