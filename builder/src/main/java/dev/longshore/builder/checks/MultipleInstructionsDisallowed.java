package dev.longshore.builder.checks;

import java.util.Set;

/// Shows the earlier one, which is the one that does nothing.
final class MultipleInstructionsDisallowed implements Check {

    private static final Set<String> ONCE = Set.of("CMD", "ENTRYPOINT", "HEALTHCHECK");

    @Override
    public void step(Step step, Findings findings) {
        String keyword = step.line().keyword();
        if (ONCE.contains(keyword)) {
            step.before()
                    .last(keyword)
                    .ifPresent(earlier -> findings.add(
                            Rule.MULTIPLE_INSTRUCTIONS_DISALLOWED,
                            step.line(),
                            earlier,
                            "Multiple " + step.line().spelling()
                                    + " instructions should not be used in the same stage because only the last one will be"
                                    + " used"));
        }
    }
}
