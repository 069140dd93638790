package dev.longshore.builder.checks;

import dev.longshore.builder.dockerfile.Words;
import dev.longshore.builder.graph.Platforms;
import java.util.Set;

final class RedundantTargetPlatform implements Check {

    private static final String TARGET = "TARGETPLATFORM";

    @Override
    public void from(StageBegin begin, Platforms platforms, Findings findings) {
        boolean isRedundant = begin.platform()
                .filter(platform -> isOnlyTheTarget(platform, begin.arguments().get(TARGET)))
                .isPresent();
        if (isRedundant) {
            findings.add(
                    Rule.REDUNDANT_TARGET_PLATFORM,
                    begin.from().line(),
                    "Setting platform to predefined " + begin.from().platform().orElse("")
                            + " in FROM is redundant as this is the default behavior");
        }
    }

    private static boolean isOnlyTheTarget(Words.Expansion platform, String target) {
        return platform.matched().equals(Set.of(TARGET))
                && platform.unmatched().isEmpty()
                && platform.text().equals(target);
    }
}
