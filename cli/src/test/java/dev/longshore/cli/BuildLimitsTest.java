package dev.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// What the options about RUN steps' limits become on the wire.
class BuildLimitsTest {

    @Test
    void limitsAreParametersOfDockers() {
        assertThat(read(
                        "-m",
                        "64m",
                        "--memory-swap",
                        "-1",
                        "-c",
                        "512",
                        "--cpu-quota",
                        "5",
                        "--cpu-period",
                        "10",
                        "--cpuset-cpus",
                        "0-1",
                        "--cpuset-mems",
                        "0",
                        "--cgroup-parent",
                        "nightly",
                        "--shm-size",
                        "1g",
                        "--ulimit",
                        "nofile=10:20",
                        "--ulimit",
                        "core=0"))
                .isEqualTo(
                        Map.of(
                                "memory", "67108864",
                                "memswap", "-1",
                                "cpushares", "512",
                                "cpuquota", "5",
                                "cpuperiod", "10",
                                "cpusetcpus", "0-1",
                                "cpusetmems", "0",
                                "cgroupparent", "nightly",
                                "shmsize", "1073741824",
                                "ulimits",
                                        "[{\"Name\":\"nofile\",\"Soft\":10,\"Hard\":20},{\"Name\":\"core\",\"Soft\":0,\"Hard\":0}]"));
        assertThat(read()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"100, 100", "1k, 1024", "1.5KB, 1536", "2 MiB, 2097152", "1G, 1073741824"})
    void sizesAreAsPeopleWriteThem(String text, String bytes) {
        assertThat(ByteSize.of("--x", text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-5", "1z", "1..5m"})
    void otherTextsAreNoSizes(String text) {
        assertThatThrownBy(() -> ByteSize.of("--x", text))
                .isInstanceOf(CommandFailure.class)
                .hasMessage("--x " + text + ": write a size, as 64m or 1g");
    }

    @Test
    void anUlimitHasANameAndNumbers() {
        assertThatThrownBy(() -> read("--ulimit", "nofile"))
                .hasMessageContaining("--ulimit nofile: write NAME=SOFT[:HARD]");
    }

    private static Map<String, String> read(String... arguments) {
        var limits = new BuildLimits();
        new CommandLine(CommandLine.Model.CommandSpec.wrapWithoutInspection(new Object())
                        .addMixin("limits", CommandLine.Model.CommandSpec.forAnnotatedObject(limits)))
                .parseArgs(arguments);
        Map<String, String> parameters = limits.parameters();
        parameters.values().removeIf(value -> value == null || value.isEmpty());
        return parameters;
    }
}
