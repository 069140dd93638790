package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// What a test needs of the machine: skipped without it, but not where everything must run.
final class Needs {

    private Needs() {}

    static void root() {
        rootOr("root", true);
    }

    static void rootOr(String what, boolean isThere) {
        boolean isMet = isThere && "root".equals(System.getProperty("user.name"));
        if ("true".equals(System.getenv("CI"))) {
            assertThat(isMet).as("this machine has root and " + what).isTrue();
        }
        assumeTrue(isMet, "needs root and " + what);
    }
}
