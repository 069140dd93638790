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
        var machine = new HostMachine(NodeDisks.one(directory));

        assertThat(machine.capacity().get("cpu").getNumericalAmount().intValue())
                .isPositive();
        assertThat(machine.capacity().get("memory").getNumericalAmount().longValue())
                .isGreaterThan(1L << 20);
        assertThat(machine.info().getKernelVersion()).isNotBlank();
        assertThat(machine.info().getBootID()).hasSize(36);
        assertThat(machine.left())
                .containsOnlyKeys(
                        "memory.available",
                        "nodefs.available",
                        "nodefs.inodesFree",
                        "imagefs.available",
                        "imagefs.inodesFree",
                        "containerfs.available",
                        "containerfs.inodesFree",
                        "pid.available")
                .allSatisfy((signal, seen) -> assertThat(seen.available()).isLessThanOrEqualTo(seen.capacity()));
    }

    @Test
    void measuresWhatIsLeft() throws IOException {
        Files.writeString(
                directory.resolve("meminfo"),
                "MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 900 kB\nInactive(file): 50 kB\n");
        Files.writeString(directory.resolve("loadavg"), "0.1 0.1 0.1 1/980 7\n");
        Files.createDirectories(directory.resolve("sys/kernel"));
        Files.writeString(directory.resolve("sys/kernel/pid_max"), "1000\n");

        var left = new HostMachine(NodeDisks.one(directory), directory).left();

        assertThat(left)
                .containsEntry("memory.available", new Observation(150 << 10, 1000 << 10))
                .containsEntry("pid.available", new Observation(20, 1000));
    }
}
