package dev.longshore.builder.checks;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Source;
import java.util.ArrayList;
import java.util.List;

/// Collects what rules find, as far as they count. For one file and one thread.
final class Findings {

    private static final int MOST = 10_000;

    private final CheckOptions options;
    private final List<Warning> warnings = new ArrayList<>();

    Findings(CheckOptions options) {
        this.options = options;
    }

    /// `rule` found `message` at `line`, whose comments may say that it does not count there.
    void add(Rule rule, Line line, String message) {
        add(rule, line, line, message);
    }

    /// The same, shown at `place`.
    void add(Rule rule, Line line, Line place, String message) {
        if (options.with(line.comments()).concern(rule)) {
            keep(new Warning(rule, message, place.source(), place.number(), place.lastNumber()));
        }
    }

    /// The same where there is no instruction.
    void add(Rule rule, Source source, int number, String message) {
        if (options.concern(rule)) {
            keep(new Warning(rule, message, source, number, number));
        }
    }

    /// Nobody reads more than that, and a hostile file could ask for millions.
    private void keep(Warning warning) {
        if (warnings.size() < MOST) {
            warnings.add(warning);
        }
    }

    List<Warning> all() {
        return List.copyOf(warnings);
    }
}
