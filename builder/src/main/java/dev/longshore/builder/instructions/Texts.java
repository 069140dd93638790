package dev.longshore.builder.instructions;

import dev.longshore.base.Json;
import dev.longshore.builder.dockerfile.Flag;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Suggestion;
import dev.longshore.builder.stage.Build;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How instructions read their arguments and write themselves into an image's history.
final class Texts {

    private Texts() {}

    /// What history says of a step that runs nothing.
    static String noted(String keyword, String what) {
        return "/bin/sh -c #(nop)  " + keyword + " " + what;
    }

    /// A list as history shows it.
    static String list(List<String> strings) {
        var array = Json.array();
        strings.forEach(array::add);
        return new String(Json.bytes(array), java.nio.charset.StandardCharsets.UTF_8);
    }

    /// The exec form as it is, the shell form as an argument of the stage's shell.
    static List<String> command(Line line, Build build) {
        return line.json().orElseGet(() -> {
            var command = new java.util.ArrayList<>(build.stage().shell());
            command.add(line.rest());
            return List.copyOf(command);
        });
    }

    /// `name=value name="other value"`, or the old form `name all the rest`.
    static Map<String, String> pairs(Line line, Build build) {
        List<String> words = line.words();
        if (words.isEmpty()) {
            throw line.wrong(line.keyword() + " requires at least one argument");
        }
        var pairs = new LinkedHashMap<String, String>();
        if (words.getFirst().indexOf('=') < 0) {
            String rest = line.rest().substring(words.getFirst().length()).strip();
            if (rest.isEmpty()) {
                throw line.wrong(line.keyword() + " must have two arguments");
            }
            pairs.put(build.expand(line, words.getFirst()), build.expand(line, rest));
            return pairs;
        }
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw line.wrong("syntax error - can't find = in \"" + word + "\". Must be of the form: name=value");
            }
            String name = build.expand(line, word.substring(0, equals));
            if (name.isEmpty()) {
                throw line.wrong(line.keyword() + " names can not be blank");
            }
            pairs.put(name, build.expand(line, word.substring(equals + 1)));
        }
        return pairs;
    }

    /// The rest of the line, which must not be empty.
    static String required(Line line) {
        if (line.rest().isEmpty()) {
            throw line.wrong(line.keyword() + " requires exactly one argument");
        }
        return line.rest();
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
