package dev.longshore.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupFiguresTest {

    @TempDir
    Path root;

    @BeforeEach
    void makeAGroup() throws IOException {
        Files.createDirectories(root.resolve("group"));
    }

    @Test
    void limitsOfVersionTwoAreToldInUnitsOfVersionOne() throws IOException {
        write("cpu.weight", "4");
        write("cpu.max", "50000 100000");
        write("memory.max", "67108864");
        write("memory.swap.max", "max");
        write("memory.low", "0");
        write("pids.max", "max");

        assertThat(GroupLimits.of(Cgroups.unifiedAt(root), "group"))
                .contains(new GroupLimits(80, 100_000, 50_000, 67_108_864, 0, 0, 0));
        assertThat(GroupLimits.of(Cgroups.unifiedAt(root), "gone")).isEmpty();
    }

    @Test
    void oomKillsAreCounted() throws IOException {
        write("memory.events", "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\n");

        assertThat(Cgroups.unifiedAt(root).oomKills("group")).isEqualTo(2);
        assertThat(Cgroups.unifiedAt(root).oomKills("gone")).isZero();
    }

    @Test
    void pressureIsReadLineByLine() throws IOException {
        write(
                "memory.pressure",
                "some avg10=1.50 avg60=0.25 avg300=0.00 total=1234\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n");

        assertThat(Pressure.of(Cgroups.unifiedAt(root), "group", "memory"))
                .contains(new Pressure(new Pressure.Stall(1234, 1.5, 0.25, 0), new Pressure.Stall(7, 0, 0, 0)));
        assertThat(Pressure.of(Cgroups.unifiedAt(root), "group", "io")).isEmpty();
    }

    @Test
    void blockTrafficIsToldByDeviceInBothVersions() throws IOException {
        write("io.stat", "8:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0\n");
        write("bytes", "8:0 Read 4096\n8:0 Write 8192\n8:0 Sync 0\n8:0 Total 12288\nTotal 12288\n");
        write("requests", "8:0 Read 1\n8:0 Write 2\nTotal 3\n");

        var expected = List.of(new BlockTraffic("8:0", 4096, 8192, 1, 2));
        assertThat(BlockTraffic.of(Cgroups.unifiedAt(root), "group")).isEqualTo(expected);
        assertThat(BlockTraffic.v1(root.resolve("group/bytes"), root.resolve("group/requests")))
                .isEqualTo(expected);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(root.resolve("group").resolve(name), text);
    }
}
