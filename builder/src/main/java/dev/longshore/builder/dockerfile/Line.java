package dev.longshore.builder.dockerfile;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One instruction as it is written: keyword, flags, and the rest; nothing expanded yet.
///
/// @param source the file it is in
/// @param number of its first line in the file, from 1
/// @param lastNumber of its last line, that of its last here-document's end
/// @param original the whole instruction, continuation lines joined, without its here-documents
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
        String original,
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

    /// A line that stands in no file, as if it followed this one.
    public Line following(String keyword, String newRest) {
        return new Line(
                source,
                number,
                lastNumber,
                keyword + " " + newRest,
                keyword,
                List.of(),
                newRest,
                List.of(),
                '\\',
                List.of());
    }

    /// The instruction that is this line's rest, as ONBUILD has one; here-documents are shared.
    public Line trigger() {
        String[] parts = rest.split("[\t\u000b\f\r ]+", 2);
        FlagWords.Split split = FlagWords.of(parts.length == 2 ? parts[1] : "");
        return new Line(
                source, number, lastNumber, rest, parts[0], split.flags(), split.rest(), heredocs, escape, List.of());
    }

    /// This line as if it stood where `other` does: for triggers, which stand in no file at hand.
    public Line at(Line other) {
        return new Line(
                other.source,
                other.number,
                other.lastNumber,
                original,
                spelling,
                flags,
                rest,
                heredocs,
                escape,
                comments);
    }

    /// The keyword in upper case.
    public String keyword() {
        return spelling.toUpperCase(Locale.ROOT);
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

    /// The instruction on one line, as it is written.
    public String text() {
        return GoText.strip(original);
    }

    /// The strings of the JSON form, `["a", "b"]`; empty if this is not one.
    ///
    /// @throws DockerfileException when it is an array of something else
    public Optional<List<String>> json() {
        try {
            return JsonForm.read(rest);
        } catch (IllegalArgumentException noStrings) {
            throw wrong(noStrings.getMessage());
        }
    }

    /// The pieces of the rest, what is quoted kept together, quotes still in place.
    public List<String> words() {
        return Words.split(rest, escape);
    }

    /// The pieces of the rest between white space, quotes or not.
    public List<String> fields() {
        return Words.fields(rest);
    }

    /// This line with other text behind its flags.
    public Line withRest(String newRest) {
        return new Line(source, number, lastNumber, original, spelling, flags, newRest, heredocs, escape, comments);
    }

    /// Something is wrong here.
    public DockerfileException wrong(String why) {
        return failed(why, 1, null);
    }

    /// Something went wrong here, because of `cause`; `exitCode` is the failed command's, or 1.
    public DockerfileException failed(String why, int exitCode, Throwable cause) {
        return new DockerfileException(source, number, lastNumber, why, exitCode, cause);
    }
}
