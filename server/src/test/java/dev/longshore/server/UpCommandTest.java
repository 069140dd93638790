package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.cli.CommandFailure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class UpCommandTest {

    @ParameterizedTest
    @CsvSource({"api/beta=maybe,neither true nor false", "apps=true,GROUP/VERSION", "api/all=false,nothing to serve"})
    void aSwitchThatMakesNoSenseEndsItBeforeAnythingBegins(String runtimeConfig, String reason) {
        var up = new UpCommand();
        new CommandLine(up).parseArgs("--runtime-config", runtimeConfig);

        assertThatThrownBy(up::call)
                .isInstanceOf(CommandFailure.class)
                .hasMessageStartingWith("--runtime-config: ")
                .hasMessageContaining(reason);
    }
}
