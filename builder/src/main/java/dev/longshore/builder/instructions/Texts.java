package dev.longshore.builder.instructions;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.dockerfile.Flag;
import dev.longshore.builder.dockerfile.GoText;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Suggestion;
import dev.longshore.builder.stage.Build;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// How instructions read their arguments and write themselves into an image's history.
final class Texts {

    private Texts() {}

    /// What history says of a step that runs nothing.
    static String noted(String keyword, String what) {
        return "/bin/sh -c #(nop)  " + keyword + " " + what;
    }

    /// The same without the second space, which Docker leaves out where a step has a layer.
    static String notedTight(String keyword, String what) {
        return "/bin/sh -c #(nop) " + keyword + " " + what;
    }

    /// A list as history shows it: `["one" "two words"]`.
    static String list(List<String> strings) {
        return strings.stream().map(GoText::quoted).collect(Collectors.joining(" ", "[", "]"));
    }

    /// A list as history shows it elsewhere: `[one two words]`.
    static String plainList(List<String> strings) {
        return "[" + String.join(" ", strings) + "]";
    }

    /// For a sum.
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Pairs as history shows them.
    static String pairs(Map<String, String> pairs) {
        return pairs.entrySet().stream().map(Map.Entry::toString).collect(Collectors.joining(" "));
    }

    /// Names and values of `line`, expanded with the variables before it.
    static Map<String, String> expanded(Line line, List<Command.Pair> written, Build build) {
        var pairs = new LinkedHashMap<String, String>();
        for (Command.Pair pair : written) {
            String name = build.expand(line, pair.name());
            if (name.isEmpty()) {
                throw line.wrong(line.keyword() + " names can not be blank");
            }
            pairs.put(name, build.expand(line, pair.value()));
        }
        return pairs;
    }

    /// Refuses flags that are not in `known`.
    static void allow(Line line, Set<String> known) {
        for (Flag flag : line.flags()) {
            if (!known.contains(flag.name())) {
                throw line.wrong("unknown flag: --" + flag.name() + Suggestion.of(flag.name(), known));
            }
        }
    }
}
