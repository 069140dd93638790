package dev.longshore.builder.graph;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Words;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The ARGs before the first FROM, with those that are always there: FROMs see them, and stages that declare them
/// again.
///
/// @param values by name
/// @param declared the names that ARG lines mention
public record GlobalArguments(Map<String, String> values, Set<String> declared) {

    public GlobalArguments {
        values = Map.copyOf(values);
        declared = Set.copyOf(declared);
    }

    /// What the ARG `lines` come to.
    ///
    /// @param automatic values that no ARG need declare
    /// @param given from the command line: these win over defaults
    public static GlobalArguments of(List<Line> lines, Map<String, String> automatic, Map<String, String> given) {
        var values = new TreeMap<>(automatic);
        automatic.keySet().forEach(name -> {
            if (given.containsKey(name)) {
                values.put(name, given.get(name));
            }
        });
        var declared = new TreeSet<String>();
        for (Line line : lines) {
            for (Argument argument : Argument.of(line)) {
                declared.add(argument.name());
                Optional<String> value = given.containsKey(argument.name())
                        ? Optional.of(given.get(argument.name()))
                        : argument.fallback().map(word -> expand(line, word, values));
                value.ifPresent(known -> values.put(argument.name(), known));
            }
        }
        return new GlobalArguments(values, declared);
    }

    /// `word` of `line` with these arguments expanded.
    public String expand(Line line, String word) {
        return expand(line, word, values);
    }

    private static String expand(Line line, String word, Map<String, String> values) {
        try {
            return Words.expand(word, line.escape(), values);
        } catch (IllegalArgumentException wrong) {
            throw line.wrong(wrong.getMessage());
        }
    }
}
