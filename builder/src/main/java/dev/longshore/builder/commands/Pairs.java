package dev.longshore.builder.commands;

import dev.longshore.builder.dockerfile.GoText;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.flags.OtherFlags;
import java.util.ArrayList;
import java.util.List;

/// What ENV and LABEL have in common: `name=value name="other value"`, or the old form `name all the rest`. Which
/// one it is, the first word says: whether it has a `=`.
record Pairs(List<Command.Pair> pairs, boolean isLegacy) {

    static Pairs of(Line line) {
        OtherFlags.none(line);
        List<String> words = line.words();
        if (words.isEmpty()) {
            throw Commands.atLeastOne(line);
        }
        if (words.getFirst().indexOf('=') < 0) {
            return legacy(line);
        }
        var pairs = new ArrayList<Command.Pair>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw line.wrong(
                        "Syntax error - can't find = in " + GoText.quoted(word) + ". Must be of the form: name=value");
            }
            if (equals == 0) {
                throw line.wrong(line.keyword() + " names can not be blank");
            }
            pairs.add(new Command.Pair(word.substring(0, equals), word.substring(equals + 1)));
        }
        return new Pairs(pairs, false);
    }

    private static Pairs legacy(Line line) {
        String[] parts = line.rest().split("[\t\u000b\f\r ]+", 2);
        if (parts.length < 2) {
            throw line.wrong(line.keyword() + " must have two arguments");
        }
        return new Pairs(List.of(new Command.Pair(parts[0], parts[1])), true);
    }
}
