package dev.longshore.kubelet.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.linux.ProcessorSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTopologyTest {

    @TempDir
    Path system;

    @Test
    void itIsReadFromWhatTheKernelSays() throws IOException {
        for (int number = 0; number < 4; number++) {
            write("cpu/cpu" + number + "/topology/physical_package_id", "" + number / 2);
            write("cpu/cpu" + number + "/topology/core_id", "" + number % 1);
            write("cpu/cpu" + number + "/cache/index0/level", "1");
            write("cpu/cpu" + number + "/cache/index0/shared_cpu_list", "" + number);
            write("cpu/cpu" + number + "/cache/index3/level", "3");
            write("cpu/cpu" + number + "/cache/index3/shared_cpu_list", number < 2 ? "0-1" : "2-3");
        }
        for (int node = 0; node < 2; node++) {
            write("node/node" + node + "/cpulist", node == 0 ? "0-1" : "2-3");
            write("node/node" + node + "/distance", node == 0 ? "10 21" : "21 10");
            write("node/node" + node + "/meminfo", "Node " + node + " MemTotal:       2048 kB\nNode 0 MemFree: 1 kB");
            write("node/node" + node + "/hugepages/hugepages-2048kB/nr_hugepages", "" + node * 3);
        }
        var host = new HostTopology(system);

        assertThat(host.processors(ProcessorSet.parse("0-3")).processors())
                .containsExactly(
                        new Processor(0, 0, 0, 0, 0),
                        new Processor(1, 0, 0, 0, 0),
                        new Processor(2, 2, 1, 1, 2),
                        new Processor(3, 2, 1, 1, 2));
        assertThat(host.distances().distances()).isEqualTo(Map.of(0, List.of(10, 21), 1, List.of(21, 10)));
        assertThat(host.memory(1))
                .isEqualTo(Map.of(
                        0, new NodeMemory(2 << 20, Map.of("hugepages-2Mi", 0L)),
                        1, new NodeMemory(2 << 20, Map.of("hugepages-2Mi", 6L << 20))));
    }

    @Test
    void aKernelThatSaysNothingHasOneNode() {
        var host = new HostTopology(system);

        assertThat(host.processors(ProcessorSet.parse("0-1")).nodes().numbers()).containsExactly(0);
        assertThat(host.processors(ProcessorSet.parse("0-1")).perCore()).isEqualTo(1);
        assertThat(host.distances().all().count()).isEqualTo(1);
        assertThat(host.memory(42)).isEqualTo(Map.of(0, new NodeMemory(42, Map.of())));
    }

    private void write(String file, String text) throws IOException {
        Path path = system.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text + "\n");
    }
}
