package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.kubelet.node.Observation;
import dev.longshore.linux.Cgroups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodsMemoryTest {

    @TempDir
    private Path root;

    private Path group;
    private PodsMemory memory;

    @BeforeEach
    void make() throws IOException {
        group = Files.createDirectories(root.resolve("longshore-a/kubepods"));
        memory = new PodsMemory(Cgroups.unifiedAt(root), "longshore-a");
        Files.writeString(group.resolve("memory.current"), "700\n");
        Files.writeString(group.resolve("memory.stat"), "anon 400\ninactive_file 300\n");
        Files.writeString(group.resolve("cpu.stat"), "usage_usec 1\n");
    }

    @Test
    void filesThatCouldBeReadAgainCountAsLeft() throws IOException {
        Files.writeString(group.resolve("memory.max"), "1000\n");

        assertThat(memory.left()).contains(new Observation(600, 1000));
    }

    @Test
    void withoutALimitOrAGroupThereIsNothingToTell() throws IOException {
        Files.writeString(group.resolve("memory.max"), "max\n");

        assertThat(memory.left()).isEmpty();
        assertThat(new PodsMemory(Cgroups.unifiedAt(root), "other").left()).isEmpty();
    }
}
