package dev.longshore.builder.checks;

import dev.longshore.builder.dockerfile.Suggestion;
import dev.longshore.builder.dockerfile.Words;
import dev.longshore.builder.graph.Platforms;
import java.util.TreeSet;

final class UndefinedArgInFrom implements Check {

    @Override
    public void from(StageBegin begin, Platforms platforms, Findings findings) {
        report(begin, begin.base(), findings);
        begin.platform().ifPresent(platform -> report(begin, platform, findings));
    }

    private static void report(StageBegin begin, Words.Expansion expansion, Findings findings) {
        var missing = new TreeSet<>(expansion.unmatched());
        missing.removeAll(begin.known());
        for (String name : missing) {
            findings.add(
                    Rule.UNDEFINED_ARG_IN_FROM,
                    begin.from().line(),
                    "FROM argument '" + name + "' is not declared" + Suggestion.of(name, begin.known()));
        }
    }
}
