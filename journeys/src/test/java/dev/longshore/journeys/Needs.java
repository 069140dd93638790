package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What a journey needs of the machine: missing, it is skipped with a word why; in CI that is a failure.
final class Needs {

    private Needs() {}

    /// Root, and `tools` on PATH.
    static void rootAnd(String... tools) {
        check(Files.isWritable(Path.of("/proc/1/oom_score_adj")), "root");
        List.of(tools).forEach(tool -> check(Shell.has(tool), tool));
    }

    /// `names` on PATH; nothing of root.
    static void tools(String... names) {
        List.of(names).forEach(name -> check(Shell.has(name), name));
    }

    private static void check(boolean isThere, String what) {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(isThere).as("this machine has " + what).isTrue();
        } else {
            assumeThat(isThere).as("this machine has " + what).isTrue();
        }
    }
}
