package dev.longshore.builder.checks;

import dev.longshore.builder.dockerfile.Suggestion;
import java.util.HashSet;
import java.util.Set;

/// Silent where the base image is not at hand, as it may bring any variable.
final class UndefinedVar implements Check {

    private static final int MOST_GUESSES = 1_000;
    private static final String ELSEWHERE = "BUILDKIT_SBOM_SCAN_";

    @Override
    public void step(Step step, Findings findings) {
        if (!step.before().isCertain()) {
            return;
        }
        Set<String> said = new HashSet<>();
        for (TracedWord word : step.words()) {
            for (String name : word.missing()) {
                if (!name.startsWith(ELSEWHERE) && said.add(name)) {
                    String guess = guess(name, step.before().names());
                    findings.add(
                            Rule.UNDEFINED_VAR, step.line(), "Usage of undefined variable '$" + name + "'" + guess);
                }
            }
        }
    }

    private static String guess(String name, Set<String> known) {
        return known.size() > MOST_GUESSES
                ? ""
                : Suggestion.find(name, known)
                        .map(best -> " (did you mean $" + best + "?)")
                        .orElse("");
    }
}
