package dev.longshore.kubelet.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostMachineTest {

    @TempDir
    Path directory;

    @Test
    void readsTheMachineThatThisIs() {
        var machine = new HostMachine(directory);

        assertThat(machine.capacity().get("cpu").getNumericalAmount().intValue())
                .isPositive();
        assertThat(machine.capacity().get("memory").getNumericalAmount().longValue())
                .isGreaterThan(1L << 20);
        assertThat(machine.info().getKernelVersion()).isNotBlank();
        assertThat(machine.info().getBootID()).hasSize(36);
        assertThat(machine.pressure().memory()).isFalse();
    }

    @Test
    void seesWhatRunsShort() throws IOException {
        Files.writeString(directory.resolve("meminfo"), "MemTotal: 1000000 kB\nMemAvailable: 90000 kB\n");
        Files.writeString(directory.resolve("loadavg"), "0.1 0.1 0.1 1/980 7\n");
        Files.createDirectories(directory.resolve("sys/kernel"));
        Files.writeString(directory.resolve("sys/kernel/pid_max"), "1000\n");

        Machine.Pressure pressure = new HostMachine(directory, directory).pressure();

        assertThat(pressure.memory()).isTrue();
        assertThat(pressure.pids()).isTrue();
    }
}
