package dev.longshore.builder.flags;

import dev.longshore.builder.dockerfile.Flag;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Suggestion;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The flags of one line, checked against those that its instruction has.
final class FlagReader {

    private final Line line;

    private FlagReader(Line line) {
        this.line = line;
    }

    /// What may follow a flag's name.
    enum Kind {
        /// Nothing, `=true` or `=false`.
        SWITCH,
        /// One value.
        TEXT,
        /// One value each time it is given.
        TEXTS
    }

    /// @throws dev.longshore.builder.dockerfile.DockerfileException when one is unknown, twice there, or has a value
    /// that its kind has not
    static FlagReader of(Line line, Map<String, Kind> known) {
        Set<String> seen = new HashSet<>();
        for (Flag flag : line.flags()) {
            Kind kind = known.get(flag.name());
            if (kind == null) {
                throw line.wrong("unknown flag: --" + flag.name() + Suggestion.of(flag.name(), known.keySet()));
            }
            if (!seen.add(flag.name()) && kind != Kind.TEXTS) {
                throw line.wrong("duplicate flag specified: --" + flag.name());
            }
            check(line, flag, kind);
        }
        return new FlagReader(line);
    }

    private static void check(Line line, Flag flag, Kind kind) {
        boolean isMissing =
                switch (kind) {
                    case SWITCH -> flag.value().filter(String::isEmpty).isPresent();
                    case TEXT, TEXTS -> flag.value().isEmpty();
                };
        if (isMissing) {
            throw line.wrong("missing a value on flag: --" + flag.name());
        }
        if (kind == Kind.SWITCH) {
            String value = flag.value().orElse("true").toLowerCase(Locale.ROOT);
            if (!value.equals("true") && !value.equals("false")) {
                throw line.wrong("expecting boolean value for flag --" + flag.name() + ", not: "
                        + flag.value().get());
            }
        }
    }

    boolean isOn(String name) {
        return choice(name).orElse(false);
    }

    /// What a switch says; empty if it is not there.
    Optional<Boolean> choice(String name) {
        return line.flag(name).map(value -> value.isEmpty() || value.equalsIgnoreCase("true"));
    }

    /// A text that is not empty.
    Optional<String> text(String name) {
        return line.flag(name).filter(value -> !value.isEmpty());
    }

    List<String> texts(String name) {
        return line.flags().stream()
                .filter(flag -> flag.name().equals(name))
                .map(flag -> flag.value().orElse(""))
                .toList();
    }
}
