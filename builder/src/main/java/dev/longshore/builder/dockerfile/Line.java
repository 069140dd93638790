package dev.longshore.builder.dockerfile;

import java.util.List;
import java.util.Optional;

/// One instruction as it is written: keyword, flags, and the rest; nothing expanded yet.
///
/// @param source the file it is in
/// @param number of its first line in the file, from 1
/// @param lastNumber of its last line, that of its last here-document's end
/// @param spelling its keyword as it is written
/// @param flags in order; some may be repeated
/// @param rest what follows the flags, continuation lines joined
/// @param heredocs the documents that `rest` announces, in order
/// @param escape the file's escape character
/// @param comments the comment lines right before it, without their `#`
public record Line(
        Source source,
        int number,
        int lastNumber,
        String spelling,
        List<Flag> flags,
        String rest,
        List<Heredoc> heredocs,
        char escape,
        List<String> comments) {

    public Line {
        flags = List.copyOf(flags);
        heredocs = List.copyOf(heredocs);
        comments = List.copyOf(comments);
    }

    /// A document within the Dockerfile.
    ///
    /// @param raw its lines as they are written
    /// @param isLiteral true if its word is quoted: nothing in it is expanded
    /// @param stripsTabs true behind `<<-`: tabs that begin a line do not belong to it
    public record Heredoc(String name, String raw, boolean isLiteral, boolean stripsTabs) {

        /// What it says.
        public String content() {
            return stripsTabs ? raw.replaceAll("(?m)^\t+", "") : raw;
        }
    }

    /// A line that stands in no file, as if it followed `this`.
    public Line following(String keyword, String newRest) {
        return new Line(source, number, lastNumber, keyword, List.of(), newRest, List.of(), '\\', List.of());
    }

    /// The keyword in upper case.
    public String keyword() {
        return spelling.toUpperCase(java.util.Locale.ROOT);
    }

    /// The name of the file.
    public String file() {
        return source.file();
    }

    /// The value of the flag `name`: empty if it has none, absent if it is not there.
    public Optional<String> flag(String name) {
        return flags.stream()
                .filter(flag -> flag.name().equals(name))
                .map(flag -> flag.value().orElse(""))
                .findFirst();
    }

    /// The instruction on one line, as people recognise it.
    public String text() {
        var text = new StringBuilder(keyword());
        flags.forEach(flag -> text.append(' ').append(flag));
        return text.append(rest.isEmpty() ? "" : " ").append(rest).toString();
    }

    /// The strings of the JSON form, `["a", "b"]`; empty if this is not one.
    public Optional<List<String>> json() {
        return JsonForm.read(rest);
    }

    /// The pieces of the rest, quotes still in place.
    public List<String> words() {
        return Words.split(rest, escape);
    }

    /// This line with other text behind its flags.
    public Line withRest(String newRest) {
        return new Line(source, number, lastNumber, spelling, flags, newRest, heredocs, escape, comments);
    }

    /// Something is wrong here.
    public DockerfileException wrong(String why) {
        return new DockerfileException(file(), number, why);
    }
}
