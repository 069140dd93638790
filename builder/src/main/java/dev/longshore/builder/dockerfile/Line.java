package dev.longshore.builder.dockerfile;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One instruction as it is written: keyword, flags, and the rest; nothing expanded yet.
///
/// @param number of its first line in the file
/// @param keyword in upper case
/// @param flags `--name=value`, without the dashes; a flag without a value has an empty one
/// @param rest what follows the flags, continuation lines joined
/// @param heredocs the documents that `rest` announces, in order
/// @param escape the file's escape character
public record Line(
        String file,
        int number,
        String keyword,
        Map<String, String> flags,
        String rest,
        List<Heredoc> heredocs,
        char escape) {

    public Line {
        flags = Map.copyOf(flags);
        heredocs = List.copyOf(heredocs);
    }

    /// A document within the Dockerfile.
    ///
    /// @param isLiteral true if its word is quoted: nothing in it is expanded
    public record Heredoc(String name, String content, boolean isLiteral) {}

    /// The instruction on one line, as people recognise it.
    public String text() {
        var text = new StringBuilder(keyword);
        flags.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(flag -> {
            text.append(" --").append(flag.getKey());
            if (!flag.getValue().isEmpty()) {
                text.append('=').append(flag.getValue());
            }
        });
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
        return new Line(file, number, keyword, flags, newRest, heredocs, escape);
    }

    /// Something is wrong here.
    public DockerfileException wrong(String why) {
        return new DockerfileException(file, number, why);
    }
}
