package dev.longshore.builder.graph;

import dev.longshore.builder.dockerfile.Line;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The stages of a Dockerfile by name and number. Names are the same in any case; of two stages with one name the
/// later one has it from where it begins.
final class StageNames {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,6}");

    private final List<Optional<String>> names;

    /// @param names of all stages, in lower case, in order
    StageNames(List<Optional<String>> names) {
        this.names = List.copyOf(names);
    }

    int count() {
        return names.size();
    }

    /// The last stage before number `before` that is called `name`.
    Optional<Integer> named(String name, int before) {
        String wanted = name.toLowerCase(Locale.ROOT);
        for (int index = before - 1; index >= 0; index--) {
            if (names.get(index).filter(wanted::equals).isPresent()) {
                return Optional.of(index);
            }
        }
        return Optional.empty();
    }

    /// The stage before number `current` that `--from=text` means; empty if it must be an image.
    Optional<Integer> from(Line line, String text, int current) {
        if (NUMBER.matcher(text).matches()) {
            int index = Integer.parseInt(text);
            if (index >= names.size()) {
                throw line.wrong("invalid stage index " + text);
            }
            return Optional.of(earlier(line, text, index, current));
        }
        Optional<Integer> before = named(text, current);
        if (before.isPresent()) {
            return before;
        }
        Optional<Integer> later = named(text, names.size());
        return later.map(index -> earlier(line, text, index, current));
    }

    private int earlier(Line line, String text, int index, int current) {
        if (index < current) {
            return index;
        }
        if (index == current) {
            throw line.wrong("invalid from flag value " + text + ": refers to current build stage");
        }
        throw line.wrong("cannot copy from stage \"" + text + "\", it needs to be defined before current stage \""
                + title(current) + "\"");
    }

    /// The stage that `--target` means: by name, else by number.
    Optional<Integer> target(String text) {
        Optional<Integer> named = named(text, names.size());
        return named.isPresent() || !NUMBER.matcher(text).matches()
                ? named
                : Optional.of(Integer.parseInt(text)).filter(index -> index < names.size());
    }

    /// Every stage's name, or `stage-N`, in order.
    List<String> titles() {
        var titles = new ArrayList<String>();
        Map<String, Integer> seen = new HashMap<>();
        for (int index = 0; index < names.size(); index++) {
            if (seen.putIfAbsent(title(index), index) == null) {
                titles.add(title(index));
            }
        }
        return titles;
    }

    private String title(int index) {
        return names.get(index).orElse("stage-" + index);
    }
}
