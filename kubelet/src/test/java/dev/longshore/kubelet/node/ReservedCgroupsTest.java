package dev.longshore.kubelet.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.kubelet.cluster.EventRecorder;
import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.kubelet.pods.FakeCluster;
import dev.longshore.linux.Cgroups;
import io.fabric8.kubernetes.api.model.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReservedCgroupsTest {

    private static final String CONFIGURATION = """
            apiVersion: kubelet.config.k8s.io/v1beta1
            kind: KubeletConfiguration
            systemReserved: {cpu: 500m, memory: 256Mi, pid: "300"}
            systemReservedCgroup: /system.slice
            kubeReserved: {cpu: 250m, memory: 64Mi}
            kubeReservedCgroup: /kube.slice
            """;

    private final FakeCluster cluster = new FakeCluster();
    private final EventRecorder events = new EventRecorder(cluster, new ManualTime(), "node-1");

    @TempDir
    Path root;

    @BeforeEach
    void start() {
        events.start();
    }

    @AfterEach
    void stop() {
        events.close();
    }

    @Test
    void theSystemsGroupGetsWhatIsReservedForIt() throws IOException {
        group("system.slice");
        group("kube.slice");

        enforce("enforceNodeAllocatable: [pods, system-reserved, kube-reserved-compressible]");

        assertThat(root.resolve("system.slice/memory.max")).hasContent("268435456");
        assertThat(root.resolve("system.slice/pids.max")).hasContent("300");
        assertThat(root.resolve("system.slice/cpu.weight")).hasContent("20");
        assertThat(root.resolve("kube.slice/cpu.weight")).hasContent("10");
        assertThat(root.resolve("kube.slice/memory.max"))
                .as("only what can be taken back")
                .hasContent("max");
        Awaitility.await()
                .untilAsserted(() -> assertThat(cluster.events)
                        .extracting(Event::getMessage)
                        .containsExactly(
                                "Updated limits on system reserved cgroup /system.slice",
                                "Updated limits on kube reserved cgroup /kube.slice"));
    }

    @Test
    void aGroupThatIsNotThereIsSaid() {
        enforce("enforceNodeAllocatable: [pods, kube-reserved]");

        Awaitility.await()
                .untilAsserted(() -> assertThat(cluster.events).singleElement().satisfies(event -> {
                    assertThat(event.getReason()).isEqualTo("FailedNodeAllocatableEnforcement");
                    assertThat(event.getMessage())
                            .isEqualTo("Failed to enforce Kube Reserved Cgroup Limits on \"/kube.slice\": cgroup"
                                    + " [\"kube.slice\"] has some missing paths: " + root.resolve("kube.slice"));
                }));
    }

    private void group(String name) throws IOException {
        Path group = Files.createDirectories(root.resolve(name));
        for (String file : new String[] {"memory.max", "pids.max", "cpu.weight", "memory.oom.group"}) {
            Files.writeString(group.resolve(file), "max");
        }
    }

    private void enforce(String more) {
        new ReservedCgroups(KubeletConfiguration.parse(CONFIGURATION + more), Cgroups.unifiedAt(root), events)
                .enforce();
    }
}
