package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

/// What a finished command left.
record Ran(String command, int exit, String out, String err) {

    /// Itself, if it succeeded; else the test fails and shows what it printed.
    Ran succeeded() {
        assertThat(exit).as("exit status of %s%n%s%n%s", command, out, err).isZero();
        return this;
    }

    /// Itself, if it failed as it should.
    Ran failed() {
        assertThat(exit).as("exit status of %s%n%s%n%s", command, out, err).isNotZero();
        return this;
    }

    /// Both streams.
    String all() {
        return out + err;
    }
}
